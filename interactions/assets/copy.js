/* Copy buttons: there only where the browser lets a page copy. */
for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!navigator.clipboard) break;
  const after = button.querySelector('.after');
  let timer;
  button.classList.add('ready');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return;
    }
    if (after) after.textContent = after.dataset.copied;
    button.classList.add('copied');
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (after) after.textContent = '';
      button.classList.remove('copied');
    }, 3000);
  });
}
