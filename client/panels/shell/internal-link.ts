/** Which address of ours a click leads to, where the page itself should follow it. */

/** Undefined for clicks with a modifier, links to elsewhere, downloads, and what was handled already. */
export function internalLink(event: MouseEvent): URL | undefined {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (event.defaultPrevented || !plain) return undefined;
  const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
  if (link === undefined || link.href === "" || link.target !== "" || link.hasAttribute("download")) return undefined;
  const address = new URL(link.href);
  const inside =
    address.origin === location.origin && (address.pathname === "/" || address.pathname.startsWith("/run/"));
  return inside && address.hash === "" ? address : undefined;
}
