// The cheat sheet's button: print once the equations are set.
for (const button of document.querySelectorAll(".sheet-print")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await globalThis.PrimerFormulas?.();
    print();
  });
}
