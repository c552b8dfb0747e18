// The yardstick of the engine's speed: the workload of topologies/chain.yaml as a program that does nothing else, so that
// its rate is near what the machine can do. Five services in a line, three instances each, dedicated processors, one row
// of 23 bytes for each handling; no metrics, no logs, times in milliseconds as doubles, keyed draws.
//
//   g++ -O3 -march=native -std=c++17 chain-reference.cpp -o chain-reference && ./chain-reference chain 450000 lane
//
// Prints one line of JSON. Columns are touched before the clock starts, so the rate holds no page faults. `lane` keeps
// time-outs of one delay in a ring for each service with only the oldest in the event list; `heap` puts each there.
#include <cstdio>
#include <cstdlib>
#include <cstdint>
#include <cstring>
#include <cmath>
#include <vector>
#include <string>
#include <algorithm>
using namespace std;
#include <time.h>
static double now(){ timespec ts; clock_gettime(CLOCK_PROCESS_CPUTIME_ID,&ts); return ts.tv_sec+ts.tv_nsec*1e-9; } // CPU time: the machine is shared
static inline uint32_t fmix(uint32_t h){ h^=h>>16; h*=0x85ebca6bu; h^=h>>13; h*=0xc2b2ae35u; h^=h>>16; return h; }
static inline double u01(uint32_t h){ return (h+0.5)*2.3283064365386963e-10; }
struct Node{ double t; int32_t v; int32_t pad; };
static const int XT=1024; static double EXPT[XT+1];
static inline double ex(uint32_t h){ uint32_t i=h>>22; if(i<XT-1){ double f=(h&0x3fffff)*(1.0/4194304.0); return EXPT[i]+f*(EXPT[i+1]-EXPT[i]); } return EXPT[XT-1]-log(u01(fmix(h))); }
static void initEX(){ for(int i=0;i<=XT;i++) EXPT[i]= i<XT? -log(1.0-(double)i/XT):0; }
struct HeapF{ // 4-ary with fused pop/push: top() leaves a hole at the root that the next push fills
  vector<Node> a; int n=0; bool hole=false; HeapF(int cap):a(cap+8){}
  inline void down(int i,double t,int v){ Node*p=a.data(); for(;;){ int c=(i<<2)+1; if(c>=n) break; int m=c; double mt=p[c].t; 
      int e=min(c+4,n); for(int k=c+1;k<e;k++){ bool l=p[k].t<mt; mt=l?p[k].t:mt; m=l?k:m; }
      if(mt>=t) break; p[i]=p[m]; i=m; } p[i].t=t; p[i].v=v; }
  inline void push(double t,int v){ if(hole){ hole=false; down(0,t,v); return; } if(n+4>=(int)a.size()) a.resize(a.size()*2); int i=n++; Node*p=a.data();
    while(i>0){ int q=(i-1)>>2; if(p[q].t<=t) break; p[i]=p[q]; i=q; } p[i].t=t; p[i].v=v; }
  inline Node pop(){ if(hole){ hole=false; --n; if(n>0) down(0,a[n].t,a[n].v); } hole=true; return a[0]; }
};
struct Cols{ double*start; float*dur; int32_t*parent; uint32_t*trace; uint16_t*svc; uint8_t*status; long cap; 
  Cols(long n){cap=n; start=(double*)calloc(n,8);dur=(float*)calloc(n,4);parent=(int32_t*)calloc(n,4);trace=(uint32_t*)calloc(n,4);svc=(uint16_t*)calloc(n,2);status=(uint8_t*)calloc(n,1);
    memset(start,1,n*8);memset(dur,1,n*4);memset(parent,1,n*4);memset(trace,1,n*4);memset(svc,1,n*2);memset(status,1,n);} };
enum{ARRIVE=0,PRE=1,REPLY=2,POST=3,RETRY=4,TIMEOUT=5,CLIENT=6,LANE=7};
static const int S=5,R=3,QMAX=64,TAB=1024; static const int WK[S]={40,32,24,16,8};
static double LN[TAB+1]; // lognormal quantile table, unit mean, sigma 0.6
static double normInv(double p){ // Acklam
  static const double a[]={-3.969683028665376e+01,2.209460984245205e+02,-2.759285104469687e+02,1.383577518672690e+02,-3.066479806614716e+01,2.506628277459239e+00},b[]={-5.447609879822406e+01,1.615858368580409e+02,-1.556989798598866e+02,6.680131188771972e+01,-1.328068155288572e+01},c[]={-7.784894002430293e-03,-3.223964580411365e-01,-2.400758277161838e+00,-2.549732539343734e+00,4.374664141464968e+00,2.938163982698783e+00},d[]={7.784695709041462e-03,3.224671290700398e-01,2.445134137142996e+00,3.754408661907416e+00};
  if(p<0.02425){double q=sqrt(-2*log(p));return (((((c[0]*q+c[1])*q+c[2])*q+c[3])*q+c[4])*q+c[5])/((((d[0]*q+d[1])*q+d[2])*q+d[3])*q+1);} if(p>1-0.02425){double q=sqrt(-2*log(1-p));return -(((((c[0]*q+c[1])*q+c[2])*q+c[3])*q+c[4])*q+c[5])/((((d[0]*q+d[1])*q+d[2])*q+d[3])*q+1);} double q=p-0.5,r=q*q; return (((((a[0]*r+a[1])*r+a[2])*r+a[3])*r+a[4])*r+a[5])*q/(((((b[0]*r+b[1])*r+b[2])*r+b[3])*r+b[4])*r+1); }
static void initLN(){ for(int i=0;i<=TAB;i++){ double p=(i+0.5)/(TAB+1); LN[i]=exp(0.6*normInv(p)-0.18);} }
static inline double ln(uint32_t h){ uint32_t i=h>>22; double f=(h&0x3fffff)*(1.0/4194304.0); return LN[i]+f*(LN[i+1]-LN[i]); }
struct Chain{
  HeapF h; Cols&C; long rows=0; bool lanes; double timeout;
  // frames
  vector<int> parent,row,attempt,nextQ; vector<uint8_t> svc,rep,st,holds; vector<uint32_t> key,gen; vector<int> freeL;
  // stations
  int busy[S*R]={0},qh[S*R],qt[S*R],ql[S*R]={0};
  // timeout lanes
  struct Lane{ vector<double> t; vector<int> f; vector<uint32_t> g; uint32_t hd=0,tl=0,m; bool armed=false; } lane[S];
  long ev=0,done=0,err=0,touts=0,rej=0,retries=0; double sumT=0; int chf=0; long maxHeap=0; 
  vector<int> tmf; vector<uint32_t> tmg; vector<int> tmFree; // timers for heap mode
  static const int CAP=1<<16;
  Chain(Cols&c,bool l,double to):h(1<<16),C(c),lanes(l),timeout(to),parent(CAP),row(CAP),attempt(CAP),nextQ(CAP),svc(CAP),rep(CAP),st(CAP),holds(CAP),key(CAP),gen(CAP){ for(int i=CAP-1;i>=0;i--) freeL.push_back(i); for(int i=0;i<S*R;i++) qh[i]=qt[i]=-1; for(auto&x:lane){x.t.resize(1<<17);x.f.resize(1<<17);x.g.resize(1<<17);x.m=(1<<17)-1;} }
  inline void sched(double t,int f,int k){ h.push(t,f<<3|k); }
  inline int alloc(){ int f=freeL.back(); freeL.pop_back(); return f; }
  inline void release(int f){ gen[f]++; freeL.push_back(f); }
  inline void armTimeout(int f,int s,double t){ // f = caller frame waiting
    if(lanes){ Lane&x=lane[s]; uint32_t i=x.tl++&x.m; x.t[i]=t+timeout; x.f[i]=f; x.g[i]=gen[f]; if(!x.armed){x.armed=true; h.push(t+timeout,s<<3|LANE);} }
    else { int id; if(tmFree.empty()){id=tmf.size();tmf.push_back(0);tmg.push_back(0);} else {id=tmFree.back();tmFree.pop_back();} tmf[id]=f;tmg[id]=gen[f]; h.push(t+timeout,id<<3|TIMEOUT);} }
  inline void call(int f,double t){ int s=svc[f]+1; int g=alloc(); parent[g]=f; svc[g]=s; attempt[g]=0; uint32_t k=fmix(key[f]+0x51ed270bu*(1+attempt[f])); key[g]=k; rep[g]=fmix(k+5)%R; 
    // parentRef generation stored so that late replies are ignored
    nextQ[g]=(int)gen[f]; st[f]=1; armTimeout(f,svc[f],t); sched(t+ex((fmix(k+1)))*0.25,g,ARRIVE); }
  inline void finish(int f,double t,int status){ // server side end of frame f
    int r=row[f]; C.dur[r]=(float)(t-C.start[r]); C.status[r]=status; int s=svc[f]*R+rep[f];
    if(holds[f]){ if(qh[s]>=0){ int g=qh[s]; qh[s]=nextQ[g]; if(qh[s]<0) qt[s]=-1; ql[s]--; holds[g]=1; sched(t+ln(fmix(key[g]+2))*(svc[g]==S-1?3.0:2.0),g,PRE);} else busy[s]--; }
    int p=parent[f]; if(p<0){ done++; if(status) err++; sumT+=t-C.start[r]; release(f); return; }
    st[f]=status?3:2; sched(t+ex((fmix(key[f]+3)))*0.25,f,REPLY); }
  vector<uint32_t> pg; 
  void run(long N,double lam,uint32_t seed){ pg.resize(CAP); uint32_t ac=seed*2654435761u; long arr=0; sched(ex((fmix(ac++)))/lam,0,CLIENT);
    double t0=now();
    while(done<N){ if(h.n>maxHeap) maxHeap=h.n; Node e=h.pop(); ev++; double t=e.t; int k=e.v&7,f=e.v>>3;
      switch(k){
      case CLIENT:{ sched(t+ex((fmix(ac++)))/lam,0,CLIENT); int g=alloc(); parent[g]=-1; svc[g]=0; attempt[g]=0; key[g]=fmix(seed+(uint32_t)(++arr)*0x9E3779B1u); rep[g]=fmix(key[g]+5)%R; f=g; nextQ[g]=0; } // fallthrough
      case ARRIVE:{ int r=rows++; row[f]=r; C.start[r]=t; int p=parent[f]; C.svc[r]=svc[f]; C.status[r]=255; uint32_t tr;
          if(p>=0 && gen[p]==(uint32_t)nextQ[f]){ C.parent[r]=row[p]; tr=C.trace[row[p]]; } else { C.parent[r]=-1; tr=key[f]; } C.trace[r]=tr; pg[f]=nextQ[f];
          int s=svc[f]*R+rep[f]; 
          if(busy[s]<WK[svc[f]]){ busy[s]++; holds[f]=1; sched(t+ln(fmix(key[f]+2))*(svc[f]==S-1?3.0:2.0),f,PRE); }
          else if(ql[s]<QMAX){ nextQ[f]=-1; if(qt[s]<0) qh[s]=f; else nextQ[qt[s]]=f; qt[s]=f; ql[s]++; holds[f]=0; }
          else { holds[f]=0; rej++; finish(f,t,2); } break; }
      case PRE:{ if(fmix(key[f]+4)<4294967u){ finish(f,t,1); break; } if(svc[f]==S-1){ finish(f,t,0); break; } call(f,t); break; }
      case REPLY:{ int p=parent[f]; uint32_t g=pg[f]; bool ok=st[f]==2; release(f); if(gen[p]!=g) break; // caller gave up
          gen[p]++; // disarm timeout
          if(ok) sched(t+ln(fmix(key[p]+6)),p,POST);
          else if(attempt[p]<1){ attempt[p]++; retries++; sched(t+ex((fmix(key[p]+7)))*5.0,p,RETRY); }
          else finish(p,t,1); break; }
      case POST: finish(f,t,0); break;
      case RETRY: call(f,t); break;
      case LANE:{ Lane&x=lane[f]; x.armed=false; while(x.hd!=x.tl){ uint32_t i=x.hd&x.m; if(gen[x.f[i]]!=x.g[i]){x.hd++;continue;} if(x.t[i]<=t){ x.hd++; onTimeout(x.f[i],t); continue; } x.armed=true; h.push(x.t[i],f<<3|LANE); break; } break; }
      case TIMEOUT:{ int id=f; int p=tmf[id]; uint32_t g=tmg[id]; tmFree.push_back(id); if(gen[p]==g) onTimeout(p,t); break; }
      } }
    double dt=now()-t0;
    uint32_t sum=0; for(long r=0;r<rows;r++) sum=fmix(sum+C.trace[r]+(uint32_t)C.parent[r]*31u+C.status[r]);
    printf("{\"impl\":\"cppopt\",\"bench\":\"chain-%s\",\"events\":%ld,\"spans\":%ld,\"sec\":%.6f,\"rate\":%.0f,\"evrate\":%.0f,\"meanT\":%.4f,\"err\":%ld,\"rej\":%ld,\"retries\":%ld,\"touts\":%ld,\"maxHeap\":%ld,\"checksum\":\"%08x\"}\n",lanes?"lane":"heap",ev,rows,dt,rows/dt,ev/dt,sumT/done,err,rej,retries,touts,maxHeap,sum); }
  void onTimeout(int p,double t){ touts++; gen[p]++; if(attempt[p]<1){ attempt[p]++; retries++; sched(t+ex((fmix(key[p]+7)))*5.0,p,RETRY);} else finish(p,t,3); }
};
int main(int ac,char**av){ if(ac<4) return 2; long N=atol(av[2]); initLN(); initEX();
  Cols C(N*6+100000); bool lanes=string(av[3])=="lane"; double lam=ac>4?atof(av[4]):4.5; double to=ac>5?atof(av[5]):1000; Chain c(C,lanes,to); c.run(N,lam,7);
}
