// Shows what is pushed to a browser that may have no page of ours open; a click leads to the inbox.
self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  const options = { tag: "kundenkreis", data: { url: said.url ?? "/inbox/" } };
  event.waitUntil(self.registration.showNotification(said.title ?? "Kundenkreis", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
