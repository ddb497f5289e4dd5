// Cybo's chat widget: one module without dependencies, for any page. See docs/widget.md.
// <script type="module" src="https://.../widget/cybo.js" data-lang="nl"></script>

const VERSION = 1;
// The server fills in its settings here, and the texts of `bot/texts/widget.*.yml`.
const CONTACT = { email: "", phone: "" };
const TEXTS = {};
const LANGUAGES = Object.keys(TEXTS);
const OPEN_WITHIN_MS = 5000; // A firewall that swallows WebSockets gives no error, only silence.
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20000;
const TRIES_BEFORE_ALARM = 3;

const STYLE = `
:host { --_accent: var(--cybo-accent, #0b5cad); --_on-accent: var(--cybo-on-accent, #fff);
  --_surface: var(--cybo-surface, #fff); --_text: var(--cybo-text, #1a1a1a);
  --_muted: var(--cybo-muted, #595959); --_bot: var(--cybo-bot, #eef1f4);
  --_user: var(--cybo-user, #dcebfa); --_line: var(--cybo-line, #6b7785);
  --_alarm: var(--cybo-alarm, #a3160f); --_radius: var(--cybo-radius, .75rem);
  color-scheme: light; font: 1rem/1.5 var(--cybo-font, system-ui, sans-serif);
  color: var(--_text); position: fixed; z-index: var(--cybo-z-index, 2147483000);
  inset: auto var(--cybo-inset-right, 1rem) var(--cybo-inset-bottom, 1rem) auto; }
:host([theme="dark"]) { --_accent: var(--cybo-accent, #8ec5ff); --_on-accent: var(--cybo-on-accent, #08213a);
  --_surface: var(--cybo-surface, #16191d); --_text: var(--cybo-text, #f0f2f4);
  --_muted: var(--cybo-muted, #b4bcc5); --_bot: var(--cybo-bot, #272c32);
  --_user: var(--cybo-user, #123a5f); --_line: var(--cybo-line, #8a95a1);
  --_alarm: var(--cybo-alarm, #ff9d94); color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; }
svg { display: block; }
button { min-height: 2.25rem; min-width: 2.25rem; padding: .25rem .75rem; cursor: pointer;
  border: 1px solid var(--_accent); border-radius: calc(var(--_radius) / 1.5); background: transparent; }
button:hover:not(:disabled) { text-decoration: underline; }
button:disabled { cursor: default; border-style: dashed; border-color: var(--_line); color: var(--_muted); }
button[aria-pressed="true"], .primary { background: var(--_accent); color: var(--_on-accent); }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
a { color: var(--_accent); overflow-wrap: anywhere; }
a[href^="tel:"] { white-space: nowrap; }
.launcher { padding: .75rem 1.25rem; border-radius: 2rem; font-weight: 600; box-shadow: 0 2px 10px rgb(0 0 0 / .3); }
.panel { display: flex; flex-direction: column; width: min(25rem, calc(100vw - 2rem));
  height: min(42rem, calc(100vh - 2rem)); height: min(42rem, calc(100dvh - 2rem));
  background: var(--_surface); border: 1px solid var(--_line); border-radius: var(--_radius);
  box-shadow: 0 6px 30px rgb(0 0 0 / .35); overflow: hidden; }
header { padding: .5rem .75rem; border-bottom: 1px solid var(--_line); }
.title { display: flex; justify-content: space-between; align-items: center; gap: .5rem; }
h2 { font-size: 1.05rem; margin: 0; line-height: 1.25; }
h2 small { display: block; font-weight: normal; font-size: .85rem; color: var(--_muted); }
.tools { display: flex; flex-wrap: wrap; gap: .35rem; margin-top: .35rem; font-size: .875rem; }
.tools button { min-height: 1.75rem; padding: 0 .5rem; }
form.say button { flex: none; }
.tools [role="group"] { display: flex; gap: .35rem; margin-inline-end: auto; }
.notice { padding: .5rem .75rem; border-bottom: 1px solid var(--_line); font-size: .9rem; }
.notice.alarm { border-inline-start: .4rem solid var(--_alarm); }
.notice p { margin: 0 0 .35rem; }
.progress { padding: .35rem .75rem; font-size: .875rem; border-bottom: 1px solid var(--_line); }
progress { display: block; width: 100%; height: .5rem; accent-color: var(--_accent); }
.log { flex: 1 1 auto; min-height: 7rem; overflow-y: auto; padding: .75rem; display: flex;
  flex-direction: column; gap: .6rem; overscroll-behavior: contain; }
.bubble { max-width: 90%; padding: .5rem .75rem; border-radius: var(--_radius); background: var(--_bot);
  align-self: flex-start; overflow-wrap: anywhere; }
.bubble.user { background: var(--_user); align-self: flex-end; white-space: pre-wrap; }
.bubble.failed { border: 2px solid var(--_alarm); }
.bubble p, .bubble ul, .bubble ol { margin: 0 0 .5rem; }
.bubble ul, .bubble ol { padding-inline-start: 1.4rem; }
.bubble > :last-child { margin-bottom: 0; }
.meta { font-size: .8rem; color: var(--_muted); margin-top: .25rem; white-space: normal; }
.row { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .5rem; align-items: center; }
.card { border: 1px solid var(--_accent); border-radius: var(--_radius); padding: .5rem .75rem; margin-top: .5rem; font-style: normal; }
.card strong, .card span { display: block; }
.dots span { display: inline-block; width: .45rem; height: .45rem; margin-inline-end: .25rem;
  border-radius: 50%; background: currentColor; animation: blink 1.2s infinite; }
.dots span:nth-child(2) { animation-delay: .2s } .dots span:nth-child(3) { animation-delay: .4s }
@keyframes blink { 50% { opacity: .2 } }
form.say { border-top: 1px solid var(--_line); padding: .5rem .75rem; }
form.say div { display: flex; gap: .5rem; align-items: flex-end; }
label { font-size: .875rem; display: block; margin-bottom: .3rem; }
textarea { width: 100%; min-height: 2.5rem; max-height: 8rem; resize: vertical; padding: .4rem .6rem;
  background: var(--_surface); border: 1px solid var(--_line); border-radius: calc(var(--_radius) / 1.5); }
.hint { font-size: .78rem; color: var(--_muted); margin: .3rem 0 0; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 30rem) { :host([opened]) { inset: 0; }
  .panel { width: 100%; height: 100%; border: 0; border-radius: 0; } }
@media (max-height: 26rem) { :host([opened]) { inset: 0; }
  .panel { width: 100%; height: 100%; border-radius: 0; overflow-y: auto; }
  .log { flex: none; overflow: visible; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; scroll-behavior: auto !important; } }
@media (forced-colors: active) { .bubble, .launcher { border: 1px solid; } button[aria-pressed="true"] { outline: 2px solid Highlight; } }
`;

/** Make an element; `on*` properties become listeners, the rest attributes. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Put values in the gaps of a text: "question {step} of {of}". */
function fill(text, values) {
  return text.replace(/{(\w+)}/g, (_, name) => values[name]);
}

const LINK = /https?:\/\/[^\s<>"“”«»]+[^\s<>"“”«».,;:!?)\]']|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b0\d(?: \d\d\d?){3}\b/g;

const HOST = /^[\w-]+(?:\.[\w-]+)+$/;

/** Turn web and mail addresses and telephone numbers in a text into links; the rest stays text. */
function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    nodes.push(text.slice(end, match.index));
    nodes.push(link(match[0], match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)];
}

function link(address, title, lang) {
  if (/^https?:\/\//.test(address)) {
    return make("a", { href: address, target: "_blank", rel: "noopener noreferrer", lang }, title);
  }
  const isNumber = /^0\d /.test(address);
  return make("a", { href: isNumber ? `tel:${address.replaceAll(" ", "")}` : `mailto:${address}` }, title);
}

/** Show a host so that a narrow page breaks it behind a dot, not inside a word. */
function host(text) {
  return text.split(".").flatMap((part, place) => (place ? [".", make("wbr"), part] : [part]));
}

/** Show a text of the assistant: paragraphs, "- " and "1. " lists and links, never HTML. */
function blocks(text) {
  const result = [];
  let current = null;
  for (const line of text.split("\n")) {
    const item = /^\s*(?:-|(\d{1,3})\.)\s+(.*)$/.exec(line);
    if (item) {
      const tag = item[1] ? "OL" : "UL";
      if (current?.tagName !== tag) result.push((current = make(tag)));
      current.append(make("li", { value: item[1] }, ...(HOST.test(item[2]) ? host(item[2]) : inline(item[2]))));
    } else if (!line.trim()) {
      current = null;
    } else if (current?.tagName === "P") {
      current.append(make("br"), ...inline(line));
    } else {
      result.push((current = make("p", {}, ...inline(line))));
    }
  }
  return result;
}

/** Put a button below each list of hosts that copies it, for whoever manages the firewall. */
function offerCopies(bubble, t) {
  // A page without TLS has no clipboard.
  if (!navigator.clipboard) return;
  for (const list of bubble.querySelectorAll("ul")) {
    const hosts = [...list.children].map((item) => item.textContent);
    if (!hosts.every((host) => HOST.test(host))) continue;
    const done = make("span", { role: "status", class: "meta" });
    const copy = make("button", { type: "button", onclick: async () => {
      try {
        await navigator.clipboard.writeText(hosts.join("\n"));
        done.textContent = t.copied;
      } catch {
        copy.remove(); // A page that forbids it: the addresses can still be selected.
      }
    } }, t.copy);
    list.after(make("div", { class: "row" }, copy, done));
  }
}

/** What the browser remembers of a visit: only once the chat was opened, only in this tab. */
class Memory {
  constructor(server) {
    this.prefix = `cybo ${server} `;
    this.values = {};
  }

  get(name) {
    try {
      return sessionStorage.getItem(this.prefix + name);
    } catch {
      return this.values[name] ?? null; // A browser that forbids storage still gets its chat.
    }
  }

  set(name, value) {
    this.values[name] = value;
    try {
      if (value === null) sessionStorage.removeItem(this.prefix + name);
      else sessionStorage.setItem(this.prefix + name, value);
    } catch {
      // As above.
    }
  }
}

/** The line to the server: a WebSocket, or plain requests where those are blocked. */
class Line {
  constructor(server, { hello, session, receive, changed }) {
    this.address = `${server}/api/v1/chat`;
    Object.assign(this, { hello, session, receive, changed });
    this.overHttp = false;
    this.tries = 0;
    this.isUp = false;
    addEventListener("online", () => this.isWanted && this.connect());
    addEventListener("offline", () => this.isWanted && this.changed("offline"));
  }

  connect() {
    this.isWanted = true;
    clearTimeout(this.timer);
    this.drop();
    this.changed(this.tries ? "retrying" : "connecting");
    if (this.overHttp) this.post(this.hello());
    else this.openSocket();
  }

  drop() {
    this.isUp = false;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  openSocket() {
    const socket = new WebSocket(this.address.replace(/^http/, "ws"));
    this.socket = socket;
    const silence = setTimeout(() => socket.close(), OPEN_WITHIN_MS);
    socket.addEventListener("open", () => socket.send(JSON.stringify(this.hello())));
    socket.addEventListener("message", ({ data }) => {
      clearTimeout(silence);
      if (this.socket === socket) this.take(JSON.parse(data));
    });
    socket.addEventListener("close", () => {
      clearTimeout(silence);
      if (this.socket !== socket) return;
      // Opened and then lost is a bad network; never opened may be a firewall.
      if (!this.isUp) this.overHttp = this.tries > 0;
      this.retry();
    });
  }

  async post(envelope) {
    try {
      const response = await fetch(this.address, {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...envelope, session: this.session() }),
      });
      const body = await response.json();
      const envelopes = body.envelopes ?? [{ type: "error", to: envelope.id, ...body.error }];
      for (const received of envelopes) this.take(received);
    } catch {
      this.overHttp = false;
      this.retry();
    }
  }

  take(envelope) {
    if (envelope.type === "welcome") {
      this.isUp = true;
      this.tries = 0;
    }
    this.receive(envelope);
    if (envelope.type === "welcome") this.changed("up");
  }

  retry() {
    this.drop();
    clearTimeout(this.timer);
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.tries);
    this.tries += 1;
    this.changed(navigator.onLine ? "retrying" : "offline");
    // Half of the pause is chance, or all visitors would come back in the same second.
    this.timer = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
  }

  /** Send when the line is up; what was not sent goes out after the next welcome. */
  send(envelope) {
    if (!this.isUp) return;
    if (this.overHttp) this.post(envelope);
    else this.socket.send(JSON.stringify(envelope));
  }
}

class CyboChat extends HTMLElement {
  #memory; #line; #root; #parts = {}; #language = "nl"; #contact = CONTACT; #maxChars = 4000;
  #outbox = new Map(); #bubbles = new Map(); #told = []; #pendingReset = false;

  connectedCallback() {
    if (this.#root) return;
    this.server = (this.getAttribute("server") ?? new URL(import.meta.url).origin).replace(/\/$/, "");
    const wanted = (this.dataset.lang ?? document.documentElement.lang ?? "").slice(0, 2);
    this.#language = LANGUAGES.includes(wanted) ? wanted : LANGUAGES[0];
    this.#memory = new Memory(this.server);
    this.#root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.#followTheme();
    this.#line = new Line(this.server, {
      hello: () => ({ v: VERSION, type: "hello", language: this.#language, session: this.#memory.get("session") }),
      session: () => this.#memory.get("session"),
      receive: (envelope) => this.#receive(envelope),
      changed: (state) => this.#showState(state),
    });
    this.#build();
    if (this.#memory.get("open")) this.open({ focus: false });
  }

  /** Open the panel; `focus: false` when the visitor did not ask for it just now. */
  open({ focus = true } = {}) {
    const { launcher, panel, input } = this.#parts;
    launcher.hidden = true;
    panel.hidden = false;
    this.toggleAttribute("opened", true);
    this.#memory.set("open", "1");
    if (focus) input.focus();
    if (!this.#line.isWanted) this.#line.connect();
    this.#toEnd();
  }

  close() {
    const { launcher, panel } = this.#parts;
    panel.hidden = true;
    launcher.hidden = false;
    this.toggleAttribute("opened", false);
    this.#memory.set("open", null);
    launcher.focus();
  }

  get #t() {
    return TEXTS[this.#language];
  }

  #followTheme() {
    const wanted = this.dataset.theme;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const apply = () => this.setAttribute("theme", wanted ?? (dark.matches ? "dark" : "light"));
    dark.addEventListener("change", apply);
    apply();
  }

  #build() {
    const p = this.#parts;
    p.launcher = make("button", { type: "button", class: "launcher primary", onclick: () => this.open() });
    p.close = make("button", { type: "button", onclick: () => this.close() }, make("span", { "aria-hidden": "true" }, "✕"));
    p.name = make("h2", { id: "name" });
    p.languages = make("div", { role: "group" });
    for (const code of LANGUAGES) {
      p.languages.append(make("button", {
        type: "button", lang: code, "data-code": code, onclick: () => this.#switchTo(code),
        "aria-label": { nl: "Nederlands", fr: "Français", en: "English" }[code],
      }, code.toUpperCase()));
    }
    p.again = make("button", { type: "button", onclick: () => this.#confirmReset(true) });
    p.download = make("button", { type: "button", onclick: () => this.#download() });
    p.sure = make("div", { class: "notice", hidden: true });
    p.state = make("div", { class: "notice", role: "status", hidden: true });
    p.progress = make("div", { class: "progress", hidden: true });
    p.log = make("div", { class: "log", role: "log", tabindex: "0" });
    p.typing = make("div", { class: "bubble dots", hidden: true, "aria-hidden": "true" }, make("span"), make("span"), make("span"));
    p.log.append(p.typing);
    p.label = make("label", { for: "input" });
    p.input = make("textarea", { id: "input", rows: "1", "aria-describedby": "hint", enterkeyhint: "send",
      onkeydown: (event) => this.#onKey(event), oninput: () => this.#countDown() });
    p.send = make("button", { type: "submit", class: "primary" });
    p.hint = make("p", { class: "hint", id: "hint" });
    p.form = make("form", { class: "say", onsubmit: (event) => this.#submit(event) },
      p.label, make("div", {}, p.input, p.send), p.hint);
    p.panel = make("section", { class: "panel", hidden: true, "aria-labelledby": "name",
      onkeydown: (event) => event.key === "Escape" && this.close() },
      make("header", {}, make("div", { class: "title" }, p.name, p.close),
        make("div", { class: "tools" }, p.languages, p.again, p.download)),
      p.sure, p.state, p.progress, p.log, p.form);
    this.#root.append(p.launcher, p.panel);
    this.#speak(this.#language);
    this.#greet();
  }

  /** Put every fixed text of the widget in a language. */
  #speak(language) {
    this.#language = language;
    const p = this.#parts;
    const t = this.#t;
    p.panel.lang = p.launcher.lang = language;
    p.launcher.textContent = t.open;
    p.close.setAttribute("aria-label", t.close);
    p.name.replaceChildren(t.name, make("small", {}, t.role));
    p.languages.setAttribute("aria-label", t.languages);
    for (const button of p.languages.children) {
      button.setAttribute("aria-pressed", String(button.dataset.code === language));
    }
    p.again.textContent = t.again;
    p.download.textContent = t.download;
    p.log.setAttribute("aria-label", t.log);
    p.label.textContent = t.input;
    p.send.textContent = t.send;
    this.#countDown();
    if (!p.state.hidden) this.#showState(this.state);
    this.#showProgress(this.form);
    if (!this.#told.length) this.#greet();
  }

  #greet() {
    this.#parts.greeting?.remove();
    const bubble = make("div", { class: "bubble", lang: this.#language }, ...blocks(this.#t.intro), this.#choices(
      this.#t.starters.map((title) => ({ title, payload: title })), this.#language));
    this.#parts.greeting = bubble;
    this.#parts.log.prepend(bubble);
  }

  #switchTo(language) {
    if (language === this.#language) return;
    this.#speak(language);
    if (this.#told.length) this.#say(this.#t.switch);
  }

  #onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#parts.form.requestSubmit();
    }
  }

  #countDown() {
    const { input, hint } = this.#parts;
    const left = this.#maxChars - input.value.length;
    input.maxLength = this.#maxChars;
    hint.textContent = left < 200 ? fill(this.#t.characters_left, { count: left }) : this.#t.hint;
  }

  #submit(event) {
    event.preventDefault();
    const { input } = this.#parts;
    const text = input.value.trim();
    if (!text) return input.focus();
    input.value = "";
    this.#countDown();
    this.#say(text);
  }

  #say(text) {
    const id = newId();
    this.#outbox.set(id, text);
    this.#showMessage({ id, text, at: new Date().toISOString() }, { isPending: true });
    this.#send(id);
  }

  #send(id) {
    this.#line.send({ v: VERSION, type: "message", id, text: this.#outbox.get(id), language: this.#language });
  }

  #receive(envelope) {
    const handle = {
      welcome: () => this.#welcome(envelope),
      received: () => this.#settle(envelope.id, envelope.text),
      typing: () => this.#showTyping(true),
      reply: () => this.#showReply(envelope),
      done: () => this.#done(envelope),
      noted: () => this.#bubbles.get(envelope.reply)?.thank?.(),
      error: () => this.#fail(envelope),
    }[envelope.type];
    handle?.(); // A newer server may send more than this page knows.
  }

  #welcome(envelope) {
    const had = this.#memory.get("session");
    this.#memory.set("session", envelope.session);
    this.#contact = envelope.contact ?? this.#contact;
    this.#maxChars = envelope.max_chars ?? this.#maxChars;
    if (had && !envelope.resumed && !this.#pendingReset) {
      this.#clear();
      this.#parts.log.insertBefore(make("p", { class: "meta" }, this.#t.expired), this.#parts.typing);
    }
    this.#pendingReset = false;
    const { log } = this.#parts;
    // What is read back from the server was announced when it was new.
    log.setAttribute("aria-live", "off");
    for (const entry of envelope.history) {
      if (entry.type === "message") {
        this.#outbox.delete(entry.id);
        this.#showMessage(entry);
      } else this.#showReply(entry);
    }
    requestAnimationFrame(() => log.removeAttribute("aria-live"));
    if (envelope.history.length && envelope.language !== this.#language) this.#speak(envelope.language);
    this.#showTyping(false);
    this.#showProgress(envelope.form);
    this.#countDown();
    for (const id of this.#outbox.keys()) this.#send(id);
    if (envelope.history.length) this.#toEnd();
  }

  #done({ to, form }) {
    this.#outbox.delete(to);
    this.#showTyping(false);
    this.#showProgress(form);
  }

  #settle(id, text) {
    const shown = this.#bubbles.get(id);
    if (!shown) return;
    // A secret comes back masked: it disappears from the screen too.
    shown.words.textContent = text;
    shown.note.remove();
    const told = this.#told.find((entry) => entry.id === id);
    if (told) told.text = text;
  }

  #fail({ code, message, to }) {
    this.#showTyping(false);
    if (code === "session_expired") {
      this.#memory.set("session", null);
      return this.#line.connect();
    }
    const text = this.#outbox.get(to);
    this.#outbox.delete(to);
    const shown = this.#bubbles.get(to);
    shown?.note?.remove();
    shown?.element.classList.add("failed");
    const bubble = make("div", { class: "bubble failed", lang: this.#language }, make("p", {}, message ?? ""));
    if (text) {
      const again = make("button", { type: "button", onclick: () => { again.disabled = true; this.#say(text); } }, this.#t.resend);
      bubble.append(make("div", { class: "row" }, again));
    }
    this.#append(bubble);
  }

  #showMessage({ id, text, at }, { isPending = false } = {}) {
    if (this.#bubbles.has(id)) return this.#settle(id, text);
    for (const button of this.#root.querySelectorAll(".choices button")) button.disabled = true;
    const words = make("span", {}, text);
    const note = make("span", {}, isPending ? ` · ${this.#t.sending}` : "");
    const element = make("div", { class: "bubble user", dir: "auto" },
      make("span", { class: "visually-hidden" }, `${this.#t.you}${this.#t.colon} `), words,
      make("div", { class: "meta" }, stamp(at, this.#language), note));
    this.#bubbles.set(id, { element, words, note });
    this.#told.push({ who: "user", id, text, at });
    this.#append(element);
  }

  #showReply(reply) {
    if (this.#bubbles.has(reply.id)) return;
    const element = make("div", { class: "bubble", lang: reply.language, dir: "auto" },
      make("span", { class: "visually-hidden" }, "Cybo: "), ...blocks(reply.text));
    const shown = { element };
    this.#bubbles.set(reply.id, shown);
    this.#told.push({ who: "Cybo", id: reply.id, text: reply.text, at: reply.at });
    const t = TEXTS[reply.language] ?? this.#t;
    offerCopies(element, t);
    if (reply.buttons.length) element.append(this.#choices(reply.buttons, reply.language));
    if (reply.sources.length) element.append(sourceLine(reply, t));
    if (reply.outcome === "answer") element.append(this.#thumbs(reply, t, shown));
    element.append(make("div", { class: "meta" }, stamp(reply.at, this.#language)));
    this.#append(element);
    if (LANGUAGES.includes(reply.language) && reply.language !== this.#language) this.#speak(reply.language);
  }

  #append(element) {
    const { log, typing } = this.#parts;
    log.insertBefore(element, typing);
    // A tall answer is read from its beginning.
    if (element.offsetHeight > log.clientHeight * 0.8) element.scrollIntoView({ block: "start" });
    else this.#toEnd();
  }

  #toEnd() {
    const { log, panel } = this.#parts;
    log.scrollTop = log.scrollHeight;
    // On a very low screen the whole panel scrolls: leave its end, the input, in view.
    panel.scrollTop = panel.scrollHeight;
  }

  #choices(buttons, language) {
    const group = make("div", { class: "row choices" });
    for (const { title, payload } of buttons) {
      group.append(make("button", { type: "button", lang: language, onclick: () => {
        this.#say(payload);
        // The button is spent and cannot keep the focus. A phone's keyboard stays down.
        if (matchMedia("(pointer: coarse)").matches) this.#parts.log.focus();
        else this.#parts.input.focus();
      } }, title));
    }
    return group;
  }

  #contactCard(t) {
    const { email, phone } = this.#contact;
    return make("address", { class: "card" }, make("strong", {}, t.contact),
      email ? make("span", {}, `${t.mail}${t.colon} `, link(email, email)) : null,
      phone ? make("span", {}, `${t.phone}${t.colon} `, make("a", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, phone)) : null);
  }

  #thumbs(reply, t, shown) {
    const row = make("div", { class: "row" });
    const thanks = make("span", { role: "status", class: "meta" });
    let remark = null;
    const vote = (thumb, reason) => this.#line.send({ v: VERSION, type: "feedback", reply: reply.id, thumb, reason });
    const buttons = [["up", t.helpful], ["down", t.not_helpful]].map(([thumb, label]) =>
      make("button", { type: "button", "aria-label": label, "aria-pressed": "false", "data-thumb": thumb, onclick: () => {
        for (const other of buttons) other.setAttribute("aria-pressed", String(other.dataset.thumb === thumb));
        vote(thumb);
        remark?.remove();
        remark = thumb === "down" ? this.#remark(t, reply.id, (reason) => { vote(thumb, reason); remark.remove(); buttons[1].focus(); }) : null;
        if (!remark) return;
        row.after(remark);
        remark.scrollIntoView({ block: "nearest" });
      } }, thumbIcon(thumb)));
    row.append(...buttons, thanks);
    shown.thank = () => { thanks.textContent = t.thanks; };
    return row;
  }

  #remark(t, id, done) {
    const field = make("textarea", { id: `why-${id}`, rows: "2", maxlength: "500" });
    return make("form", { onsubmit: (event) => { event.preventDefault(); done(field.value.trim()); } },
      make("label", { for: field.id }, t.what_was_missing), field,
      make("div", { class: "row" }, make("button", { type: "submit" }, t.send_comment)));
  }

  #showTyping(isTyping) {
    const { typing, log } = this.#parts;
    typing.hidden = !isTyping;
    log.setAttribute("aria-busy", String(isTyping));
    if (isTyping) this.#toEnd();
  }

  #showProgress(form) {
    this.form = form;
    const { progress } = this.#parts;
    progress.hidden = !form;
    if (!form) return;
    const text = fill(this.#t.step, form);
    progress.replaceChildren(make("span", { id: "step" }, text),
      make("progress", { max: form.of, value: form.step - 1, "aria-labelledby": "step" }));
  }

  #showState(state) {
    this.state = state;
    const { state: bar } = this.#parts;
    const isLost = state === "retrying" && this.#line.tries >= TRIES_BEFORE_ALARM;
    bar.hidden = state === "up";
    bar.classList.toggle("alarm", isLost || state === "offline");
    if (bar.hidden) return bar.replaceChildren();
    const text = isLost ? this.#t.down : this.#t[state];
    if (bar.firstChild?.textContent === text) return; // Said once, not at every try.
    bar.replaceChildren(make("p", {}, text), ...(isLost ? [this.#contactCard(this.#t)] : []));
  }

  #confirmReset(isAsked) {
    const { sure, again, input } = this.#parts;
    sure.hidden = !isAsked;
    if (!isAsked) return again.focus();
    const yes = make("button", { type: "button", class: "primary", onclick: () => {
      sure.hidden = true;
      this.#reset();
      input.focus();
    } }, this.#t.start_again_yes);
    const no = make("button", { type: "button", onclick: () => this.#confirmReset(false) }, this.#t.start_again_no);
    sure.replaceChildren(make("p", {}, this.#t.start_again_sure), make("div", { class: "row" }, yes, no));
    yes.focus();
  }

  #reset() {
    this.#pendingReset = true;
    this.#memory.set("session", null);
    this.#outbox.clear();
    this.#clear();
    this.#line.connect();
  }

  #clear() {
    const { log, typing } = this.#parts;
    log.replaceChildren(typing);
    this.#bubbles.clear();
    this.#told = [];
    this.#showProgress(null);
    this.#greet();
  }

  #download() {
    const lines = this.#told.map(({ who, text, at }) =>
      `[${new Date(at).toLocaleString(`${this.#language}-BE`)}] ${who === "user" ? this.#t.you : who}:\n${text}\n`);
    const content = [`${this.#t.transcript}\n`, ...lines].join("\n");
    const address = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
    make("a", { href: address, download: `cybo-${new Date().toISOString().slice(0, 10)}.txt` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}

function sourceLine(reply, t) {
  const line = make("div", { class: "meta" }, `${t.source}${t.colon} `);
  reply.sources.forEach(({ title, url, language }, number) => {
    line.append(...(number ? [", "] : []), link(url, title, language));
  });
  const checked = reply.checked && new Date(reply.checked).toLocaleDateString(`${reply.language}-BE`);
  if (checked) line.append(` (${fill(t.checked, { date: checked })})`);
  return line;
}

function stamp(at, language) {
  const time = new Date(at).toLocaleTimeString(`${language}-BE`, { hour: "2-digit", minute: "2-digit", hour12: false });
  return make("time", { datetime: at }, time);
}

/** Draw a thumb; not every computer has the emoji. */
function thumbIcon(thumb) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M2 10h4v11H2zM8 21h9.5c1 0 1.8-.6 2.1-1.5l2.3-7c.1-.2.1-.5.1-.8 0-1.2-1-2.2-2.2-2.2H14l.9-4.4v-.4c0-.5-.2-.9-.5-1.2L13.2 2 8.6 8.1c-.4.4-.6.9-.6 1.5z");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 18, height: 18, fill: "currentColor", "aria-hidden": "true" })) {
    icon.setAttribute(name, value);
  }
  if (thumb === "down") path.setAttribute("transform", "rotate(180 12 12)");
  icon.append(path);
  return icon;
}

function newId() {
  // randomUUID exists on secure pages only; Cybo may be tried out on plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

customElements.define("cybo-chat", CyboChat);

const script = [...document.querySelectorAll('script[type="module"]')].find(({ src }) => src === import.meta.url);
if (script) {
  const chat = make("cybo-chat");
  Object.assign(chat.dataset, script.dataset);
  document.body.append(chat);
}
