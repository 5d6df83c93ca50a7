import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "react-router/dom";
import { ApiError } from "@/api/client";
import { router } from "@/routes";
import { theme, variables } from "@/theme";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one however often it is asked for; silence may end.
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status > 0),
      staleTime: 1000,
    },
  },
});

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
