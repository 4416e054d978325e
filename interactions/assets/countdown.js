/* A form that may be sent again after a wait: the button counts down and opens by itself. */
for (const button of document.querySelectorAll('button[data-wait]')) {
  const label = button.textContent;
  const end = Date.now() + Number(button.dataset.wait) * 1000;
  const summary = document.querySelector('#error-summary p');
  const refuse = (event) => event.preventDefault();
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      button.textContent = button.dataset.waiting.replace('{time}', time);
      return;
    }
    clearInterval(timer);
    button.form?.removeEventListener('submit', refuse);
    button.removeAttribute('aria-disabled');
    button.textContent = label;
    /* The summary is an alert: changing it once is what gets read out; the ticking is not. */
    if (summary) summary.textContent = button.dataset.done;
  };
  button.setAttribute('aria-disabled', 'true');
  button.form?.addEventListener('submit', refuse);
  const timer = setInterval(tick, 250);
  tick();
}
