/* A form that may be sent again after a wait: the button, or the note on it, counts down and it opens by itself. */
for (const button of document.querySelectorAll('button[data-wait]')) {
  const words = button.querySelector('.choice-note') ?? button;
  const label = button.dataset.label ?? words.textContent;
  const end = Date.now() + Number(button.dataset.wait) * 1000;
  const summary = button.dataset.done && document.querySelector('#error-summary p');
  const refuse = (event) => {
    if (!event.submitter || event.submitter === button) event.preventDefault();
  };
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      words.textContent = button.dataset.waiting.replace('{time}', time);
      return;
    }
    clearInterval(timer);
    button.form?.removeEventListener('submit', refuse);
    button.removeAttribute('aria-disabled');
    words.textContent = label;
    /* The summary is an alert: changing it once is what gets read out; the ticking is not. */
    if (summary) summary.textContent = button.dataset.done;
  };
  button.setAttribute('aria-disabled', 'true');
  button.form?.addEventListener('submit', refuse);
  const timer = setInterval(tick, 250);
  tick();
}
