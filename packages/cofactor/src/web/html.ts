const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, in an attribute's quotes as well. */
export function escapeHtml(value: string): string {
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Whose page it is, as the elements show it too. */
export function brand(product: string): string {
  const mark = escapeHtml([...product][0] ?? '');
  return `<p class="cf-brand"><span class="cf-brand-mark" aria-hidden="true">${mark}</span> <span class="cf-brand-name">${escapeHtml(product)}</span></p>`;
}
