/* One press is enough: a second one does nothing, and a slow answer is said on the button. */
for (const button of document.querySelectorAll('button[data-busy]')) {
  const words = button.querySelector('.choice-label') ?? button;
  const label = words.textContent;
  let sent = false;
  let timer;
  button.form?.addEventListener('submit', (event) => {
    if (event.submitter && event.submitter !== button) return;
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    timer = setTimeout(() => {
      words.textContent = button.dataset.busy;
      button.setAttribute('aria-disabled', 'true');
    }, 300);
  });
  /* Back from the next page: the browser may show this one as it was left. */
  addEventListener('pageshow', () => {
    sent = false;
    clearTimeout(timer);
    words.textContent = label;
    button.removeAttribute('aria-disabled');
  });
}
