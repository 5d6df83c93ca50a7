import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { client } from "@/api/client";
import { useConnection } from "@/api/connection";
import { Icon } from "@/components/Icon";
import classes from "./ConnectionBanner.module.css";

const RETRY_MS = 2000;

/** Says that the server does not answer, and asks again until it does. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const lost = useConnection() === "lost";
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => void client.GET("/session").catch(() => undefined), RETRY_MS);
    return () => {
      clearInterval(timer);
      // What was read before the gap may have changed in it.
      void queries.invalidateQueries();
    };
  }, [lost, queries]);
  return (
    <div role="status">
      {lost && (
        <div className={classes.banner}>
          <Icon name="warn" />
          <div>
            <Text fw={600}>{t("app.lost")}</Text>
            <Text size="sm">{t("app.lostHint")}</Text>
          </div>
        </div>
      )}
    </div>
  );
}
