// Keeps, beside the page, whether the server has answered all that the page has asked for: `hexapodSettled`.
//
// What a person does sends a message that asks for a run of the script.  When the page was at rest, the next run that
// begins is the answer, and the page is at rest again when that run has ended.  When another run was still owed, a
// heartbeat is sent behind the message.  The server answers in turn: a run that begins after its acknowledgement knows
// of the message.  Both may have been answered by one run, which began before; then QUIET_MS without a run have to pass.
//
// What the server has sent is drawn in slices of a few milliseconds, and nothing of it is seen before the last one, on a
// slow machine for seconds.  The page's own scheduler sends itself a message for each slice: while it does, the page is
// not at rest.  Nor is it where a part of the program that draws a widget is still being loaded.
//
// A page that has lost its server is not at rest: it connects anew and then asks for a run, with what was typed meanwhile.
(() => {
  // Fields of Streamlit's messages (proto/BackMsg.proto, ClientState.proto, ForwardMsg.proto).
  const RERUN = 11, BY_ITSELF = 6, NEW_RUN = 4, ENDED = 6, ACKNOWLEDGED = 26;
  const HEARTBEAT = new Uint8Array([0x88, 0x01, 0x01]);
  const ENDED_FOR_ANOTHER = 2;
  // Without a change of the page and without drawing for so long, what came last has been drawn.
  const DRAWN_MS = 50, QUIET_MS = 400, LOOK_MS = 10, SENT_MS = 150;
  let asked = false, alone = true, acknowledged = false, running = false, byItself = false;
  // The connection of now, and whether a run has ended on it.
  let connection = null, answered = false;
  let changed = performance.now(), told = changed;

  // The fields of a message: numbers as they are, all else as bytes.
  function fields(bytes) {
    const found = new Map();
    let at = 0;
    const number = () => {
      let value = 0, scale = 1, byte;
      do {
        byte = bytes[at++];
        value += (byte & 0x7f) * scale;
        scale *= 128;
      } while (byte & 0x80);
      return value;
    };
    while (at < bytes.length) {
      const key = number(), kind = key % 8;
      if (kind === 0) found.set((key - kind) / 8, number());
      else {
        const length = kind === 2 ? number() : kind === 1 ? 8 : 4;
        found.set((key - kind) / 8, bytes.subarray(at, at + length));
        at += length;
      }
    }
    return found;
  }

  function received(event) {
    if (!(event.data instanceof ArrayBuffer)) return;
    const message = fields(new Uint8Array(event.data));
    if (message.has(ACKNOWLEDGED) && asked) acknowledged = true;
    else if (message.has(NEW_RUN)) {
      running = true;
      byItself = false;
      if (alone || acknowledged) asked = false;
      // An acknowledgement that has not been sent yet is dropped when a run begins.
      else if (asked) event.target.send(HEARTBEAT);
    } else if (message.has(ENDED) && message.get(ENDED) !== ENDED_FOR_ANOTHER) {
      running = false;
      answered = true;
    } else return;
    told = performance.now();
  }

  window.WebSocket = class extends WebSocket {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", received);
      const begin = () => {
        connection = this;
        asked = running = byItself = answered = false;
      };
      begin();
      this.addEventListener("close", () => {
        if (connection === this) begin();
      });
    }

    send(data) {
      super.send(data);
      if (this.readyState !== WebSocket.OPEN || typeof data === "string") return;
      const run = fields(data.buffer ? data : new Uint8Array(data)).get(RERUN);
      if (!run) return;
      if (fields(run).get(BY_ITSELF)) byItself = true;
      else {
        alone = !(asked || running || byItself);
        asked = true;
        acknowledged = false;
        if (!alone) super.send(HEARTBEAT);
      }
    }
  };

  new MutationObserver(() => {
    changed = performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (...words) {
    changed = performance.now();
    return postMessage.apply(this, words);
  };

  function settled() {
    const now = performance.now();
    if (acknowledged && !running && now - told > QUIET_MS) asked = false;
    const ended = document.querySelector(".stApp")?.dataset.testScriptState === "notRunning";
    const connected = answered && connection.readyState === WebSocket.OPEN;
    const loaded = !document.querySelector('[data-testid="stSkeleton"]');
    return connected && ended && loaded && !asked && !running && now - changed > DRAWN_MS;
  }

  // Whether the page is at rest, or comes to rest within these milliseconds.
  window.hexapodSettled = async (withinMs) => {
    const until = performance.now() + withinMs;
    // What was just clicked may tell the server only after the page has drawn it.
    await new Promise((resolve) => setTimeout(resolve, SENT_MS));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    while (!settled()) {
      if (performance.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return true;
  };
})();
