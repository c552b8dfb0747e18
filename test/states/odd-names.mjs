/**
 * Lets a page see a run whose services have names that no scenario has: 200 characters, written from right to left, with
 * emoji. Answers are rewritten on their way to the page, questions on their way back, so that the world itself is any.
 */

/** Ids of the shop, and what the page shall see instead. */
export const ODD_NAMES = {
  inventory: `inventory-${"which-has-a-name-of-two-hundred-characters-".repeat(5)}`.slice(0, 200),
  payment: "שירות-התשלומים-payment-خدمة",
  catalogue: "👩‍👩‍👧‍👦🛒-catalogue-🇨🇭-e\u0301",
};

/** What stands in the messages of the logs. */
export const ODD_MESSAGE = "فشل الطلب \u202e ‮reversed‬ order 4711 👩‍👩‍👧‍👦 (שגיאה) <b>not bold</b>";
/** Characters of the longest line. */
export const HUGE_CHARACTERS = 10 * 1024 * 1024;

/** What people call them, likewise. */
const ODD_TITLES = {
  "Inventory service": `Inventory ${"of all the things that could ever be ordered ".repeat(5)}`.slice(0, 200),
  "Payment service": "שירות התשלומים \u202eservice",
  "Catalogue service": "👩‍👩‍👧‍👦🛒 Catalogue 🇨🇭 e\u0301",
};

const TO_ODD = Object.entries(ODD_NAMES).map(([name, odd]) => [
  new RegExp(`(?<![\\w-])${name}(?!-(?:db|read|write))(?!\\w)`, "g"),
  odd,
]);

const odd = (text) => ODD_TITLES[text] ?? TO_ODD.reduce((changed, [name, other]) => changed.replace(name, other), text);

const plain = (text) =>
  Object.entries(ODD_NAMES).reduce((changed, [name, other]) => changed.replaceAll(other, name), text);

/** Every text in a JSON value; keys stay. */
function rewritten(value, rewrite) {
  if (typeof value === "string") return rewrite(value);
  if (Array.isArray(value)) return value.map((item) => rewritten(item, rewrite));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rewritten(item, rewrite)]));
}

/** The first line is ten megabytes; every third has what is hard to set. */
function oddLines(path, answer) {
  if (!Array.isArray(answer?.lines)) return answer;
  const whole = path.endsWith("/logs/context");
  const lines = answer.lines.map((line, index) => {
    if (index === 0) {
      const message = whole ? "x".repeat(HUGE_CHARACTERS) : "x".repeat(4_000);
      return { ...line, message, messageCharacters: HUGE_CHARACTERS };
    }
    return index % 3 === 1 ? { ...line, message: `${ODD_MESSAGE} ${line.message}` } : line;
  });
  return { ...answer, lines };
}

/** From now on the page sees the names. */
export async function withOddNames(page) {
  await page.route("**/api/runs/**", async (route) => {
    const request = route.request();
    const url = new URL(plain(decodeURIComponent(request.url())));
    const body = request.postData();
    const isJson = request.headers()["content-type"]?.includes("json") ?? false;
    const form = body === null || isJson ? null : plain(decodeURIComponent(body.replaceAll("+", " ")));
    const postData = body === null ? undefined : isJson ? plain(body) : encodeURI(form);
    const answer = await route
      .fetch({ url: url.href, ...(postData === undefined ? {} : { postData }) })
      .catch(() => undefined);
    if (answer === undefined) return route.abort();
    if (!(answer.headers()["content-type"] ?? "").includes("json")) return route.fulfill({ response: answer });
    const json = oddLines(url.pathname, rewritten(await answer.json(), odd));
    return route.fulfill({ response: answer, json });
  });
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(typeof message === "string" ? plain(message) : message));
    server.onMessage((message) => socket.send(typeof message === "string" ? odd(message) : message));
  });
}
