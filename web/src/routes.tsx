import type { ComponentType } from "react";
import { createBrowserRouter } from "react-router";
import { ErrorPage, NotFound } from "@/layout/ErrorPage";
import { Loading } from "@/layout/Loading";
import { Shell } from "@/layout/Shell";

/** A page is a chunk of its own, whose default export is the page. */
const page = (load: () => Promise<{ default: ComponentType }>) => ({
  lazy: async () => ({ Component: (await load()).default }),
});

export const router = createBrowserRouter([
  {
    path: "/login",
    ...page(() => import("@/pages/login")),
    ErrorBoundary: ErrorPage,
    HydrateFallback: Loading,
  },
  {
    Component: Shell,
    ErrorBoundary: ErrorPage,
    HydrateFallback: Loading,
    children: [
      {
        // Errors of a page leave the frame around it usable.
        ErrorBoundary: ErrorPage,
        children: [
          { path: "/", ...page(() => import("@/pages/home")) },
          { path: "/merge", ...page(() => import("@/pages/merge")) },
          { path: "/export", ...page(() => import("@/pages/export")) },
          { path: "/jobs", ...page(() => import("@/pages/jobs")) },
          { path: "/jobs/:id", ...page(() => import("@/pages/job")) },
          { path: "/inspect", ...page(() => import("@/pages/inspect")) },
          { path: "/diff", ...page(() => import("@/pages/diff")) },
          { path: "/recipes", ...page(() => import("@/pages/recipes")) },
          { path: "/settings", ...page(() => import("@/pages/settings")) },
          { path: "/api/docs", ...page(() => import("@/pages/docs")) },
          { path: "*", Component: NotFound },
        ],
      },
    ],
  },
]);
