// What a page does beyond being read: it says once that it was seen, and keeps its hot list fresh.
// Everything works without it; whatever fails is left as it is.
{
  const {article, token} = document.currentScript.dataset;
  const pollMs = 15000;
  const beside = matchMedia('(min-width: 64em)'); // from here on the list stands beside the text

  const sendView = () => {
    if (document.prerendering || document.visibilityState !== 'visible') return;
    document.removeEventListener('prerenderingchange', sendView);
    document.removeEventListener('visibilitychange', sendView);
    const headers = {'Content-Type': 'application/json'};
    const body = JSON.stringify({article, token});
    fetch('/views', {method: 'POST', keepalive: true, headers, body}).catch(() => {});
  };

  // A new list may be longer or shorter. It waits until nothing moves under the reader's eyes: until the first
  // thing it could move is still below the screen, and nobody points at it or has the focus in it.
  const mayChange = (list) => {
    const first = beside.matches ? list.nextElementSibling : list;
    const unseen = !first || first.getBoundingClientRect().top >= innerHeight;
    return unseen && !list.matches(':hover, :focus-within');
  };

  const refresh = async () => {
    const list = document.querySelector('.hot');
    if (!list || document.visibilityState !== 'visible') return;
    const query = article ? `?article=${article}` : '';
    const answer = await fetch('/hot.json' + query, {cache: 'no-cache'}); // the browser sends its ETag
    const {html} = await answer.json();
    const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('.hot');
    if (fresh && !fresh.isEqualNode(list) && mayChange(list)) list.replaceWith(fresh);
  };

  const poll = () => {
    // Jitter, so that the readers of one minute do not all ask at once.
    setTimeout(() => refresh().catch(() => {}).then(poll), pollMs * (0.8 + 0.4 * Math.random()));
  };

  if (article) {
    document.addEventListener('prerenderingchange', sendView);
    document.addEventListener('visibilitychange', sendView);
    sendView();
  }
  poll();
}
