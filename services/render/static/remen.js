// What a page does beyond being read: it keeps its hot list fresh. That an article was seen says view.js.
// Everything works without it; whatever fails is left as it is. The oldest browsers of the README read it: one word
// of the language that one of them does not know would take the whole of it.
{
  const {hot, changed} = document.currentScript.dataset;
  const article = document.querySelector('script[data-article]');
  const pollMs = 15000;
  const saidMs = 300000; // who listens to the page shall not be interrupted more often
  const beside = matchMedia('(min-width: 64em)'); // from here on the list stands beside the text
  const isSeen = () => document.visibilityState === 'visible' && !document.prerendering;

  // There from the start and empty: a screen reader says only what changes in a place it knows.
  const status = document.createElement('p');
  status.className = 'quiet';
  status.setAttribute('role', 'status');
  document.body.append(status);
  let saidAt = -Infinity;

  const say = (words) => {
    if (performance.now() - saidAt < saidMs) return;
    saidAt = performance.now();
    status.textContent = words;
    setTimeout(() => { status.textContent = ''; }, 10000);
  };

  // A new list may be longer or shorter. It waits until nothing moves under the reader's eyes: until the first
  // thing it could move is still below the screen, and nobody points at it or has the focus in it.
  const mayChange = (list) => {
    const first = beside.matches ? list.nextElementSibling || document.querySelector('.colophon') : list;
    return first.getBoundingClientRect().top >= innerHeight && !list.matches(':hover, :focus-within');
  };

  const order = (list) => [...list.querySelectorAll('.title a')].map((link) => link.pathname).join();

  const refresh = async () => {
    const list = document.querySelector('.hot');
    const line = navigator.connection || {};
    if (!list || !isSeen() || line.saveData) return;
    const address = article ? `${hot}?article=${article.dataset.article}` : hot;
    const answer = await fetch(address, {cache: 'no-cache'}); // the browser sends its ETag
    const {html} = await answer.json();
    const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('.hot');
    if (!fresh || fresh.isEqualNode(list) || !mayChange(list)) return;
    list.replaceWith(fresh);
    if (order(fresh) !== order(list)) say(fresh.querySelector('h2').textContent + changed);
  };

  const poll = () => {
    // Jitter, so that the readers of one minute do not all ask at once.
    setTimeout(() => refresh().catch(() => {}).then(poll), pollMs * (0.8 + 0.4 * Math.random()));
  };

  // A picture that failed and has no words leaves its place to what is drawn behind it, without a browser's frame.
  for (const picture of document.querySelectorAll('figure img[alt=""]')) {
    picture.decode().catch(() => {
      if (picture.complete && !picture.naturalWidth) picture.style.visibility = 'hidden';
    });
  }

  // On a phone the current section may lie beside the screen.
  const here = document.querySelector('.masthead [aria-current]');
  if (here) {
    const nav = here.closest('nav');
    nav.scrollLeft = here.offsetLeft + (here.offsetWidth - nav.clientWidth) / 2;
  }

  poll();
}
