// How things are put into elements, and the shapes and colours of classes. Everything shown goes through textContent.

const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function dressed(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

const el = (name, attributes = {}, ...children) => dressed(document.createElement(name), attributes, children);
const svg = (name, attributes = {}, ...children) => dressed(document.createElementNS(SVG, name), attributes, children);
const text = (name, style, ...children) => el(name, { class: style }, ...children);
const bdi = (value, lang) => el("bdi", { lang: tag(lang) }, visible(value));
const button = (style, act, ...children) => el("button", { type: "button", class: style, click: act }, ...children);
const dl = (style, pairs) => el("dl", { class: style }, pairs.map(([term, ...told]) => el("div", {}, el("dt", {}, term), el("dd", {}, told))));

/** Return a thing's name, as a button that opens it where there is something to read. */
function goTo(id) {
  const name = bdi(nameOf(id));
  return things.has(id) ? button("link", () => choose(id), name) : name;
}

const valueOf = (row) => (row.link ? goTo(row.o) : bdi(amount(row), row.lang));

function amount({ o, type }) {
  if (type?.endsWith(":EDTF")) return dateOf(o);
  const [, whole, part = ""] = (/^xsd:(integer|decimal|nonNegativeInteger|positiveInteger)$/.test(type ?? "") && /^([+-]?(?!(?:1\d|20)\d\d\b)[1-9]\d{3,})(\.\d+)?$/.exec(o)) || [];
  return whole ? number(BigInt(whole.replace("+", ""))) + part.replace(".", () => (0.5).toLocaleString(tag(state.lang) || "en")[1]) : o;
}

function outward(url, label) {
  if (!/^https?:\/\/[^\s]+$/i.test(url ?? "")) return label;
  return el("a", { href: url, rel: "noopener noreferrer", referrerpolicy: "no-referrer", target: "_blank" }, label);
}

const SHAPES = {
  square: "M-.85-.85H.85V.85H-.85Z",
  diamond: "M0-1.2 1.2 0 0 1.2-1.2 0Z",
  triangle: "M0-1.1 1.1.85H-1.1Z",
  triangleDown: "M0 1.1 1.1-.85H-1.1Z",
  hexagon: "M1 0 .5.87H-.5L-1 0-.5-.87H.5Z",
  star: "M0-1.25.31-.42 1.19-.39.5.16.73 1.01 0 .52-.73 1.01-.5.16-1.19-.39-.31-.42Z",
  dot: "M-.95 0A.95.95 0 1 1 .95 0A.95.95 0 1 1-.95 0Z",
  box: "M-1.2-.7H1.2Q1.4-.7 1.4-.5V.5Q1.4.7 1.2.7H-1.2Q-1.4.7-1.4.5V-.5Q-1.4-.7-1.2-.7Z",
  ellipse: "M-1.4 0A1.4.8 0 1 1 1.4 0A1.4.8 0 1 1-1.4 0Z",
};
const shapeOf = (cls) => SHAPES[classes.get(cls)?.shape] ?? SHAPES.dot;
const worn = () => root.getAttribute("data-theme");
const colorOf = (cls) => classes.get(cls)?.color?.[worn()] ?? theme("muted");
const inks = new Map();
const INKS = ["canvas", "paper", "hairline", "ink", "muted", "accent", "warning", "line"];
const theme = (name) => inks.get(name);

/** Draw the shape of a class; hollow and dashed for what is only planned. */
function glyph(cls, { open = false } = {}) {
  const look = open ? { fill: "none", stroke: colorOf(cls), "stroke-width": 0.3, "stroke-dasharray": ".5 .35" } : { fill: colorOf(cls) };
  return svg("svg", { viewBox: "-1.5 -1.5 3 3", "aria-hidden": "true", class: "glyph" }, svg("path", { d: shapeOf(cls), ...look }));
}

function wear() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (!state.themed) state.theme = dark;
  root.setAttribute("data-theme", state.theme);
  readInks();
}

function readInks() {
  for (const name of INKS) inks.set(name, getComputedStyle(root).getPropertyValue(`--${name}`).trim());
}

wear();
