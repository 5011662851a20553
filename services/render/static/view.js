// Says once that an article was seen: when it is looked at, which may be long after it was opened. Written in
// ECMAScript 5, so that no browser fails to read it; one without fetch() asks for the picture, as without script.
(function () {
  'use strict';
  var said = document.querySelector('script[data-token]');
  var article = said.getAttribute('data-article');
  var token = said.getAttribute('data-token');
  // doubled with each attempt: what is away may be so for many readers at once
  var laterMs = 15000;
  // by a program, which is no reader
  var driven = navigator.webdriver || undefined;
  var isSaid = false;

  function isSeen() {
    return (document.visibilityState || 'visible') === 'visible' && !document.prerendering;
  }

  // It says no type: a request that outlives its page and names one fails in Chrome before 81.
  function post() {
    var body = JSON.stringify({article: article, token: token, driven: driven});
    return fetch('/views', {method: 'POST', keepalive: true, body: body});
  }

  // 403: the page lay in the background, or the computer slept, for longer than its token counts.
  function renewed(answer) {
    if (answer.status !== 403) return answer;
    return fetch('/hot.json', {cache: 'no-cache'}).then(function (fresh) {
      if (!fresh.ok) throw fresh;
      return fresh.json();
    }).then(function (fresh) {
      token = fresh.token;
      return post();
    });
  }

  function later() {
    isSaid = false;
    setTimeout(say, laterMs * (0.8 + 0.4 * Math.random()));
    laterMs *= 2;
  }

  function say() {
    if (isSaid || !isSeen()) return;
    isSaid = true;
    if (!window.fetch) {
      var query = '?article=' + encodeURIComponent(article) + '&token=' + encodeURIComponent(token);
      if (!driven) new Image().src = '/v.gif' + query;
      return;
    }
    post().then(renewed).then(function (answer) {
      if (answer.status === 429 || answer.status >= 500) later();
    }, later);
  }

  document.addEventListener('visibilitychange', say);
  document.addEventListener('prerenderingchange', say);
  // back from the browser's memory of pages, or from a sleep
  addEventListener('pageshow', say);
  addEventListener('online', say);
  say();
})();
