// Plays Streamlit's part: hands the scene over, collects the days that are told. ?dark, ?scene=name.json, ?height=520;
// ?later: draws when demo.begin() is called.
import frameViewer from "../dist/frame_viewer.js";

const asked = new URLSearchParams(location.search);
if (asked.has("dark")) document.documentElement.classList.add("dark");
const scene = await (await fetch(asked.get("scene") ?? "scene.json")).json();
const place = document.getElementById("place");
const parentElement = asked.has("light-dom") ? place : place.attachShadow({ mode: "open" });
const data = { key: asked.get("key") ?? "demo", height: Number(asked.get("height") ?? 520), scene };
window.sent = [];
const call = (changed = {}) => frameViewer({
  name: "demo", key: "demo", data: Object.assign(data, changed), parentElement,
});
window.addEventListener("hexapod-day", ({ detail }) => window.sent.push(detail.day));
window.demo = { call, begin: () => (window.demo.close = call()), parentElement, data };
if (!asked.has("later")) window.demo.begin();
