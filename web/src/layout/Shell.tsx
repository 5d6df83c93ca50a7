import { AppShell, Burger, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation, useNavigate } from "react-router";
import { Announcer } from "@/lib/announce";
import { useShortcuts } from "@/lib/shortcuts";
import { ConnectionBanner } from "./ConnectionBanner";
import { Controls } from "./Controls";
import { KeysHelp } from "./KeysHelp";
import { Loading } from "./Loading";
import { Nav } from "./Nav";
import { SessionGate } from "./SessionGate";
import classes from "./Shell.module.css";

/** The frame around every page but the login. */
export function Shell() {
  const { t } = useTranslation();
  const [menu, menuState] = useDisclosure(false);
  const [help, helpState] = useDisclosure(false);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  useShortcuts({
    go: (path) => void navigate(path),
    search: () => {
      const field = document.querySelector<HTMLInputElement>("[data-search]");
      if (field) field.focus();
      else void navigate("/jobs?focus=search");
    },
    help: helpState.open,
  });

  // A new page begins at its top, for eyes and for screen readers.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what it waits for
  useEffect(() => {
    menuState.close();
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: "sm", collapsed: { mobile: !menu } }}
      padding={{ base: "md", md: "xl" }}
    >
      <a href="#main" className={classes.skip}>
        {t("app.skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={menu}
            onClick={menuState.toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={t("nav.menu")}
            aria-expanded={menu}
          />
          <Link to="/" className={classes.brand}>
            <img src="/icon.svg" width={26} height={26} alt="" />
            <Text span fw={700} size="lg">
              weldlm
            </Text>
          </Link>
          <Controls onHelp={helpState.open} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Nav />
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <ConnectionBanner />
        <div className={classes.page}>
          <SessionGate>
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </SessionGate>
        </div>
      </AppShell.Main>
      <KeysHelp opened={help} onClose={helpState.close} />
      <Announcer />
    </AppShell>
  );
}
