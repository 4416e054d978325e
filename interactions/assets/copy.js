/* Copy buttons: there only where the browser lets a page copy. */
for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!navigator.clipboard) break;
  const status = button.nextElementSibling;
  let timer;
  button.classList.add('ready');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return;
    }
    if (status) status.textContent = status.dataset.copied;
    button.classList.add('copied');
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (status) status.textContent = '';
      button.classList.remove('copied');
    }, 3000);
  });
}
