// Look of the dialogue: a sheet on a wide screen, rising from the bottom edge on a phone.
export const CSS =
  "dialog{width:min(27rem,calc(100% - 32px));max-height:calc(100dvh - 32px);margin:auto;padding:0;border:0;border-radius:20px;" +
  "background:var(--bg);color:var(--ink);font-size:15px;line-height:1.5;overflow:auto;overscroll-behavior:contain;" +
  "box-shadow:0 0 0 1px var(--line),0 32px 80px -16px rgb(0 0 0/.45);animation:rise .32s cubic-bezier(.2,.8,.2,1)}" +
  "dialog::backdrop{background:rgb(12 14 20/.5);backdrop-filter:blur(3px);animation:fade .25s}" +
  "article{position:relative;display:grid;gap:12px;padding:40px 36px 28px;text-align:center}" +
  "h2{font-size:26px;line-height:1.2;font-weight:650;letter-spacing:-.018em;text-wrap:balance;overflow-wrap:anywhere;padding:0 8px}" +
  "p{color:var(--soft);text-wrap:pretty;overflow-wrap:anywhere;white-space:pre-line}" +
  ".ticket{position:relative;display:grid;grid-template-columns:minmax(0,1fr) auto;align-items:center;gap:0 12px;margin:10px 0 4px;padding:14px 14px 14px 22px;" +
  "border-radius:12px;background:var(--well);text-align:left;" +
  // two round notches make it a ticket
  "mask:radial-gradient(8px at 0 50%,#0000 97%,#000) 0 0/51% 100% no-repeat,radial-gradient(8px at 100% 50%,#0000 97%,#000) 100% 0/51% 100% no-repeat}" +
  ".ticket span{grid-column:1;font-size:12px;color:var(--soft)}" +
  "code{grid-column:1;font:600 20px/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.06em;overflow-wrap:anywhere;user-select:all}" +
  ".ticket button{grid-area:1/2/3;min-height:44px;padding:0 14px;border:1px solid var(--line);border-radius:9px;background:var(--bg);font-size:14px;font-weight:600}" +
  ".ticket [role]{position:absolute;opacity:0;pointer-events:none}" +
  ".go{display:grid;place-items:center;min-height:48px;margin-top:6px;padding:8px 20px;border:0;border-radius:11px;text-decoration:none;font-size:16px;font-weight:600;" +
  "background:var(--kk-accent,var(--ink));color:var(--kk-accent-ink,var(--bg));transition:opacity .15s}.go:hover{opacity:.88}" +
  ".later{justify-self:center;min-height:44px;padding:0 16px;border:0;border-radius:9px;background:none;color:var(--soft);font-size:14px}.later:hover{color:var(--ink);text-decoration:underline}" +
  "small{padding-top:12px;border-top:1px solid var(--line);font-size:12px;line-height:1.45;color:var(--soft);text-wrap:pretty;overflow-wrap:anywhere}" +
  ".x{position:absolute;top:10px;right:10px;width:44px;height:44px;border:0;border-radius:50%;background:none}.x:hover{background:var(--well)}" +
  ".x::before,.x::after{content:'';position:absolute;left:14px;top:21px;width:16px;height:1.75px;background:var(--soft);transform:rotate(45deg)}.x::after{transform:rotate(-45deg)}" +
  "@keyframes rise{from{opacity:0;transform:translateY(16px) scale(.97)}}@keyframes fade{from{opacity:0}}" +
  "@media(max-width:480px){dialog{width:100%;max-width:100%;margin:auto 0 0;border-radius:20px 20px 0 0}article{padding:36px 20px max(20px,env(safe-area-inset-bottom))}h2{font-size:23px}}" +
  "@media(prefers-reduced-motion:reduce){dialog,dialog::backdrop{animation:none}.go{transition:none}}";
