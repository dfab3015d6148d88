// What a page begins with: it unpacks the renderer and the page's own script. Each runs only if it is, letter by letter,
// the one that the page's policy names.

async function unpacked(id) {
  const bytes = Uint8Array.from(atob(JSON.parse(document.getElementById(id).textContent)), (sign) => sign.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

(async () => {
  for (const [id, type] of [["renderer", "text/javascript"], ["script", "module"]]) {
    const script = Object.assign(document.createElement("script"), { type, textContent: await unpacked(id) });
    document.head.append(script);
  }
})().catch(() => {
  const note = Object.assign(document.createElement("p"), { className: "unable", textContent: "This browser cannot unpack the page. Chrome 80, Edge 80, Safari 16.4, Firefox 113 and newer ones can." });
  note.setAttribute("role", "alert");
  document.body.replaceChildren(note);
});
