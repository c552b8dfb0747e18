// The yardstick of the engine's speed: the workload of chain.ts as a program that does nothing else, so that its rate
// is near what the machine can do. Five services in a line, three instances each, dedicated processors, one row of 23
// bytes for each handling; no metrics, no logs, times in milliseconds as doubles. Draws are keyed, as in the engine.
//
//   g++ -O3 -march=native -std=c++17 chain-reference.cpp -o chain-reference && ./chain-reference 450000 7
//
// Prints one line of JSON. Columns are touched before the clock starts, so the rate holds no page faults.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <vector>

namespace {

constexpr int SERVICES = 5;
constexpr int INSTANCES = 3;
constexpr int STATIONS = SERVICES * INSTANCES;
constexpr int WORKERS[SERVICES] = {40, 32, 24, 16, 8};
constexpr int QUEUE_CAPACITY = 64;
constexpr double ARRIVALS_PER_MS = 4.5;
constexpr double CPU_BEFORE_MS = 2, CPU_BEFORE_LAST_MS = 3, CPU_AFTER_MS = 1, CPU_SIGMA = 0.6;
constexpr double NETWORK_MS = 0.25, BACKOFF_MS = 5, TIMEOUT_MS = 1000;
constexpr double OWN_ERROR_RATIO = 0.001;
constexpr int TRIES = 2;
constexpr int FRAMES = 1 << 16;

enum Event : uint32_t { ARRIVAL, REACH, BEFORE_DONE, REPLY, AFTER_DONE, RETRY, TIMEOUT };
enum Status : uint8_t { OK, OWN_ERROR, OVERLOADED, DEPENDENCY_FAILED };
enum Purpose : uint32_t { FOR_BEFORE = 1, FOR_AFTER, FOR_THERE, FOR_BACK, FOR_INSTANCE, FOR_ERROR, FOR_BACKOFF, FOR_CHILD };

double cpuSeconds() {
  timespec at;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return double(at.tv_sec) + double(at.tv_nsec) * 1e-9;
}

// MurmurHash3's finaliser over a key and what the draw is for.
inline uint32_t draw(uint32_t key, uint32_t purpose) {
  uint32_t h = key ^ (purpose * 0x9e3779b1u);
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}
inline double uniform(uint32_t h) { return (h + 0.5) * (1.0 / 4294967296.0); }

// Inverse distribution function in 1,024 cells, the last of which has 1,024 of its own.
struct Quantiles {
  static constexpr int CELLS = 1024;
  double coarse[CELLS + 1], fine[CELLS + 1];
  template <typename F> explicit Quantiles(F quantile) {
    const double end = 1 - 0.5 / (double(CELLS) * CELLS);
    for (int i = 0; i <= CELLS; i++) {
      coarse[i] = quantile(std::fmin(std::fmax(double(i) / CELLS, 0.25 / CELLS), end));
      fine[i] = quantile(std::fmin(1 - (1 - double(i) / CELLS) / CELLS, end));
    }
  }
  inline double at(uint32_t h) const {
    const uint32_t cell = h >> 22;
    if (cell < CELLS - 1) return coarse[cell] + (coarse[cell + 1] - coarse[cell]) * ((h & 0x3fffff) * (1.0 / 4194304));
    const uint32_t low = (h >> 12) & 0x3ff;
    return fine[low] + (fine[low + 1] - fine[low]) * ((h & 0xfff) * (1.0 / 4096));
  }
};

double exponentialQuantile(double p) { return -std::log(1 - p); }

// Unit mean; the normal quantile by bisection on erfc, which is slow and exact and runs once.
double lognormalQuantile(double p) {
  double low = -9, high = 9;
  for (int i = 0; i < 80; i++) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
  }
  return std::exp(CPU_SIGMA * low - CPU_SIGMA * CPU_SIGMA / 2);
}

// 4-ary heap of (time, payload). The next push fills the hole that a pop leaves at the root.
class EventList {
 public:
  explicit EventList(size_t capacity) : nodes_(capacity) {}
  void push(double at, uint32_t payload) {
    if (hole_) {
      hole_ = false;
      sink({at, payload});
      return;
    }
    if (size_ == nodes_.size()) nodes_.resize(size_ * 2);
    size_t i = size_++;
    for (; i > 0; i = (i - 1) / 4) {
      const size_t up = (i - 1) / 4;
      if (nodes_[up].at <= at) break;
      nodes_[i] = nodes_[up];
    }
    nodes_[i] = {at, payload};
  }
  struct Node {
    double at;
    uint32_t payload;
  };
  Node pop() {
    if (hole_) {
      hole_ = false;
      const Node last = nodes_[--size_];
      if (size_ > 0) sink(last);
    }
    hole_ = true;
    return nodes_[0];
  }

 private:
  void sink(Node node) {
    Node* nodes = nodes_.data();
    size_t i = 0;
    for (;;) {
      const size_t first = 4 * i + 1;
      if (first >= size_) break;
      const size_t end = first + 4 < size_ ? first + 4 : size_;
      size_t least = first;
      double at = nodes[first].at;
      for (size_t k = first + 1; k < end; k++) {
        const bool less = nodes[k].at < at;
        at = less ? nodes[k].at : at;
        least = less ? k : least;
      }
      if (at >= node.at) break;
      nodes[i] = nodes[least];
      i = least;
    }
    nodes[i] = node;
  }
  std::vector<Node> nodes_;
  size_t size_ = 0;
  bool hole_ = false;
};

// One request at one service, from being sent until its reply has come.
struct Frame {
  int32_t caller, row, next;
  uint32_t key, generation, callerGeneration;
  uint8_t service, station, attempt, holdsWorker, status;
};

struct Station {
  int busy = 0, queued = 0, head = -1, tail = -1;
};

// Time-outs of one service's calls: all of one delay, so only the oldest is in the event list.
struct Ring {
  static constexpr uint32_t MASK = (1u << 17) - 1;
  struct Entry {
    double due;
    uint32_t frame, generation;
  };
  std::vector<Entry> entries = std::vector<Entry>(MASK + 1);
  uint32_t head = 0, tail = 0;
  bool armed = false;
};

struct Columns {
  std::vector<double> start;
  std::vector<float> duration;
  std::vector<int32_t> parent;
  std::vector<uint32_t> trace;
  std::vector<uint16_t> service;
  std::vector<uint8_t> status;
  explicit Columns(size_t rows) : start(rows, 1), duration(rows, 1), parent(rows, 1), trace(rows, 1), service(rows, 1), status(rows, 1) {}
};

class Chain {
 public:
  Chain(long requests, uint32_t seed) : requests_(requests), seed_(seed), columns_(size_t(requests) * 6 + 100000), frames_(FRAMES) {
    for (int f = FRAMES - 1; f >= 0; f--) free_.push_back(f);
  }

  void run() {
    events_.push(exponential_.at(draw(seed_, 0)) / ARRIVALS_PER_MS, ARRIVAL);
    const double before = cpuSeconds();
    while (completed_ < requests_) {
      const EventList::Node event = events_.pop();
      handled_++;
      handle(event.payload & 7, int(event.payload >> 3), event.at);
    }
    report(cpuSeconds() - before);
  }

 private:
  void handle(uint32_t kind, int subject, double now) {
    switch (kind) {
      case ARRIVAL: arrive(now); break;
      case REACH: enter(subject, now); break;
      case BEFORE_DONE: beforeDone(subject, now); break;
      case REPLY: reply(subject, now); break;
      case AFTER_DONE: finish(subject, now, OK); break;
      case RETRY: call(subject, now); break;
      case TIMEOUT: expire(subject, now); break;
    }
  }

  void at(double when, int frame, Event kind) { events_.push(when, uint32_t(frame) << 3 | kind); }

  int allocate(int caller, int service, uint32_t key) {
    const int f = free_.back();
    free_.pop_back();
    Frame& frame = frames_[size_t(f)];
    frame.caller = caller;
    frame.callerGeneration = caller < 0 ? 0 : frames_[size_t(caller)].generation;
    frame.key = key;
    frame.service = uint8_t(service);
    frame.station = uint8_t(service * INSTANCES + int(draw(key, FOR_INSTANCE) % INSTANCES));
    frame.attempt = frame.holdsWorker = frame.status = 0;
    return f;
  }

  void release(int f) {
    frames_[size_t(f)].generation++;
    free_.push_back(f);
  }

  void arrive(double now) {
    const uint32_t number = ++arrived_;
    events_.push(now + exponential_.at(draw(seed_, number)) / ARRIVALS_PER_MS, ARRIVAL);
    enter(allocate(-1, 0, draw(~seed_, number)), now);
  }

  void enter(int f, double now) {
    Frame& frame = frames_[size_t(f)];
    const size_t row = rows_++;
    frame.row = int32_t(row);
    columns_.start[row] = now;
    columns_.status[row] = 255;
    columns_.service[row] = frame.service;
    const bool awaited = frame.caller >= 0 && frames_[size_t(frame.caller)].generation == frame.callerGeneration;
    columns_.parent[row] = awaited ? frames_[size_t(frame.caller)].row : -1;
    columns_.trace[row] = awaited ? columns_.trace[size_t(columns_.parent[row])] : frame.key;
    Station& station = stations_[frame.station];
    if (station.busy < WORKERS[frame.service]) {
      station.busy++;
      begin(f, now);
    } else if (station.queued < QUEUE_CAPACITY) {
      frame.next = -1;
      (station.queued++ == 0 ? station.head : frames_[size_t(station.tail)].next) = f;
      station.tail = f;
    } else {
      overloaded_++;
      finish(f, now, OVERLOADED);
    }
  }

  void begin(int f, double now) {
    Frame& frame = frames_[size_t(f)];
    frame.holdsWorker = 1;
    const double mean = frame.service == SERVICES - 1 ? CPU_BEFORE_LAST_MS : CPU_BEFORE_MS;
    at(now + mean * lognormal_.at(draw(frame.key, FOR_BEFORE)), f, BEFORE_DONE);
  }

  void beforeDone(int f, double now) {
    const Frame& frame = frames_[size_t(f)];
    if (uniform(draw(frame.key, FOR_ERROR)) < OWN_ERROR_RATIO) finish(f, now, OWN_ERROR);
    else if (frame.service == SERVICES - 1) finish(f, now, OK);
    else call(f, now);
  }

  void call(int f, double now) {
    const Frame& frame = frames_[size_t(f)];
    const uint32_t key = draw(frame.key, FOR_CHILD + frame.attempt);
    const int child = allocate(f, frame.service + 1, key);
    Ring& ring = rings_[frame.service];
    ring.entries[ring.tail++ & Ring::MASK] = {now + TIMEOUT_MS, uint32_t(f), frame.generation};
    if (!ring.armed) {
      ring.armed = true;
      at(now + TIMEOUT_MS, frame.service, TIMEOUT);
    }
    at(now + NETWORK_MS * exponential_.at(draw(key, FOR_THERE)), child, REACH);
  }

  // The handling ends: its row is completed, its worker serves the next, its answer travels.
  void finish(int f, double now, Status status) {
    Frame& frame = frames_[size_t(f)];
    columns_.duration[size_t(frame.row)] = float(now - columns_.start[size_t(frame.row)]);
    columns_.status[size_t(frame.row)] = status;
    if (frame.holdsWorker) freeWorker(stations_[frame.station], now);
    if (frame.caller < 0) {
      completed_++;
      if (status != OK) errors_++;
      release(f);
      return;
    }
    frame.status = status;
    at(now + NETWORK_MS * exponential_.at(draw(frame.key, FOR_BACK)), f, REPLY);
  }

  void freeWorker(Station& station, double now) {
    if (station.queued == 0) {
      station.busy--;
      return;
    }
    const int next = station.head;
    station.head = frames_[size_t(next)].next;
    station.queued--;
    begin(next, now);
  }

  void reply(int f, double now) {
    const Frame frame = frames_[size_t(f)];
    release(f);
    Frame& caller = frames_[size_t(frame.caller)];
    if (caller.generation != frame.callerGeneration) return;
    caller.generation++;
    if (frame.status == OK) at(now + CPU_AFTER_MS * lognormal_.at(draw(caller.key, FOR_AFTER)), frame.caller, AFTER_DONE);
    else failed(frame.caller, now);
  }

  void failed(int f, double now) {
    Frame& frame = frames_[size_t(f)];
    if (++frame.attempt >= TRIES) {
      finish(f, now, DEPENDENCY_FAILED);
      return;
    }
    retries_++;
    at(now + BACKOFF_MS * exponential_.at(draw(frame.key, FOR_BACKOFF)), f, RETRY);
  }

  void expire(int service, double now) {
    Ring& ring = rings_[service];
    ring.armed = false;
    for (; ring.head != ring.tail; ring.head++) {
      const Ring::Entry entry = ring.entries[ring.head & Ring::MASK];
      if (frames_[entry.frame].generation != entry.generation) continue;
      if (entry.due > now) {
        ring.armed = true;
        at(entry.due, service, TIMEOUT);
        return;
      }
      timeouts_++;
      frames_[entry.frame].generation++;
      failed(int(entry.frame), now);
    }
  }

  void report(double seconds) const {
    double meanMs = 0;
    uint32_t checksum = 0;
    long ended = 0;
    for (size_t row = 0; row < rows_; row++) {
      checksum = draw(checksum + columns_.trace[row], uint32_t(columns_.parent[row]) + columns_.status[row]);
      if (columns_.service[row] != 0 || columns_.status[row] == 255) continue;
      meanMs += columns_.duration[row];
      ended++;
    }
    std::printf(
        "{\"rows\":%zu,\"events\":%ld,\"cpuSeconds\":%.6f,\"errors\":%ld,\"retries\":%ld,\"overloaded\":%ld,\"timeouts\":%ld,"
        "\"meanMs\":%.6f,\"checksum\":\"%08x\"}\n",
        rows_, handled_, seconds, errors_, retries_, overloaded_, timeouts_, meanMs / double(ended), checksum);
  }

  const long requests_;
  const uint32_t seed_;
  Columns columns_;
  std::vector<Frame> frames_;
  std::vector<int> free_;
  Station stations_[STATIONS];
  Ring rings_[SERVICES];
  EventList events_{1 << 16};
  const Quantiles exponential_{exponentialQuantile};
  const Quantiles lognormal_{lognormalQuantile};
  size_t rows_ = 0;
  uint32_t arrived_ = 0;
  long handled_ = 0, completed_ = 0, errors_ = 0, retries_ = 0, overloaded_ = 0, timeouts_ = 0;
};

}  // namespace

int main(int count, char** values) {
  const long requests = count > 1 ? std::atol(values[1]) : 450000;
  const uint32_t seed = count > 2 ? uint32_t(std::atol(values[2])) : 7;
  Chain(requests, seed).run();
}
