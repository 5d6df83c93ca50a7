import "@mantine/core/styles.css";
import "./global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { signInFromAddress } from "@/api/login";
import { App } from "@/app";

const root = document.getElementById("root");
if (root) {
  void signInFromAddress().then(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}
