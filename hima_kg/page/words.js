// Names and words in the reader's language.

const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/gu;
const escaped = (sign) => `⟨U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
const visible = (text) => String(text).replace(HIDDEN, escaped);
const word = (key) => (Object.hasOwn(page.words, state.lang) ? page.words[state.lang] : page.words.en)[key] ?? page.words.en[key] ?? key;
const own = (names, tag) => (Object.hasOwn(names, tag) ? names[tag] : undefined);
const inLang = (names) => names && (own(names, state.lang) ?? own(names, "en") ?? Object.values(names)[0]);
const named = (names, otherwise) => visible(inLang(names) || otherwise);
const nameOf = (id) => named(things.get(id)?.label ?? concepts.get(id) ?? classes.get(id)?.label ?? properties.get(id)?.label, id);
const classOf = (id) => { const cls = things.get(id)?.cls; return cls ? named(classes.get(cls)?.label, cls) : ""; };
const propertyOf = (id) => named(properties.get(id)?.label, id);
const clipped = (text, most = 200) => (text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…` : text);
const labelOf = (id) => clipped(nameOf(id)); // what a picture has room for
const number = (count) => count.toLocaleString(tag(state.lang) || "en");

// Names that people type are folded as the search keys were: without case, width, tone marks and accents.
const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().normalize("NFC").trim();
const squeeze = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "");

const TAGS = { "zh-latn-pinyin": "zh-Latn" }; // what no browser knows otherwise
function tag(lang) {
  if (!lang || !/^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(lang)) return null;
  try {
    return TAGS[lang.toLowerCase()] ?? Intl.getCanonicalLocales(lang)[0];
  } catch {
    return null; // it looks like a language tag, and is none
  }
}

const OWN_NAMES = { en: "English", "zh-hans": "中文", zh: "中文", ko: "한국어", ja: "日本語", de: "Deutsch", fr: "Français", es: "Español" };
const languageName = (lang) => OWN_NAMES[lang.toLowerCase()] ?? lang;

// An IRI is written out of its CURIE, by the prefixes that came with the data.
function iriOf(id) {
  if (id.startsWith("<")) return id.slice(1, -1);
  const colon = id.indexOf(":");
  const space = own(page.prefixes ?? {}, id.slice(0, colon));
  return space === undefined ? id : space + id.slice(colon + 1);
}
