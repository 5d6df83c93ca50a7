import { useMantineColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Navigate, useLocation } from "react-router";
import { onSignedOut, problemOf } from "@/api/client";
import { sessionQuery, settingsQuery } from "@/api/hooks";
import { ProblemCard } from "@/components/ProblemCard";
import { suggestLanguage } from "@/i18n";
import { Loading } from "./Loading";

/** Shows what is inside to those who are signed in; others go to the login and come back. */
export function SessionGate({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const session = useQuery(sessionQuery);
  const { pathname, search } = useLocation();
  const signedIn = session.data?.authenticated === true;
  useServerChoices(signedIn);

  useEffect(
    () => onSignedOut(() => void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })),
    [queries],
  );

  if (session.isPending) return <Loading />;
  if (session.error && !session.data) return <ProblemCard problem={problemOf(session.error)} />;
  if (!signedIn) return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />;
  return children;
}

/** Language and theme kept by the server count where this browser has no choice of its own. */
function useServerChoices(signedIn: boolean) {
  const settings = useQuery({ ...settingsQuery, enabled: signedIn });
  const { setColorScheme } = useMantineColorScheme();
  const { lang, theme } = settings.data ?? {};
  useEffect(() => {
    if (lang) suggestLanguage(lang);
    if (theme && theme !== "auto" && localStorage.getItem("mantine-color-scheme-value") === null) {
      setColorScheme(theme);
    }
  }, [lang, theme, setColorScheme]);
}
