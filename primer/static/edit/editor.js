// What a page loads when a reader edits a rule. primer.explorer.bundle makes one classic script of
// these modules, globalThis.PrimerEdit.
export {};
