// What the background knows of the browser around it, asked of the browser itself. Decides nothing.

const api = globalThis.browser ?? globalThis.chrome;

export const browserName = async () => {
  if (api.runtime.getBrowserInfo) return "firefox";
  if (navigator.brave) return "brave";
  const brands = (navigator.userAgentData?.brands ?? []).map(({ brand }) => brand).join();
  if (brands.includes("Edge")) return "edge";
  return brands.includes("Google Chrome") ? "chrome" : "chromium";
};

// Firefox has no managed storage, and throws, where nobody set any.
export const isManaged = () => api.storage.managed.get("managed").then(({ managed }) => managed === true, () => false);

// How the extension came, which it may ask of itself without a permission; an update is no installation.
export const whenInstalled = (told) => {
  api.runtime.onInstalled.addListener(async ({ reason }) => {
    if (reason !== "install") return;
    const { installType } = await api.management.getSelf();
    told(installType);
  });
};
