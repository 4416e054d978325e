/* Show and hide each password, and say when Caps Lock is on (R5). */
for (const toggle of document.querySelectorAll('[data-hide-label]')) {
  const field = document.getElementById(toggle.getAttribute('aria-controls'));
  if (!(field instanceof HTMLInputElement)) continue;
  const shown = { text: toggle.dataset.hide ?? '', label: toggle.dataset.hideLabel ?? '' };
  const hidden = { text: toggle.textContent ?? '', label: toggle.getAttribute('aria-label') ?? '' };
  const show = (visible) => {
    field.type = visible ? 'text' : 'password';
    toggle.textContent = (visible ? shown : hidden).text;
    toggle.setAttribute('aria-label', (visible ? shown : hidden).label);
  };
  toggle.addEventListener('click', () => {
    show(field.type === 'password');
    field.focus();
  });
  /* Browsers only offer to keep what stands in a password field. */
  field.form?.addEventListener('submit', () => show(false));
  toggle.classList.add('ready');
}

for (const note of document.querySelectorAll('.caps-lock')) {
  const field = document.getElementById(note.dataset.for);
  if (!field) continue;
  const say = (event) => {
    if (typeof event.getModifierState !== 'function') return;
    const text = event.getModifierState('CapsLock') ? note.dataset.on : '';
    if (note.textContent !== text) note.textContent = text;
  };
  field.addEventListener('keydown', say);
  field.addEventListener('keyup', say);
  field.addEventListener('mousedown', say);
  field.addEventListener('blur', () => {
    note.textContent = '';
  });
}
