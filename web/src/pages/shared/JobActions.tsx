import { ActionIcon, Button, Group, Menu, Tooltip } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Job } from "@/api/types";
import { Icon, type IconName } from "@/components/Icon";
import { DeleteJob } from "./DeleteJob";
import type { Act } from "./jobsApi";
import { formLink } from "./links";

const ACTS: readonly Act[] = ["pause", "resume", "retry", "cancel"];
const ICONS: Record<Act, IconName> = { pause: "pause", resume: "play", retry: "retry", cancel: "stop" };

interface Props {
  job: Job;
  act: (action: Act) => void;
  busy: boolean;
  onDeleted?: () => void;
}

function useActs(job: Job): Act[] {
  return ACTS.filter((action) => job.actions.includes(action));
}

/** What can be done with a job, as buttons: the likeliest in sight, the rest in a menu. */
export function JobButtons(props: Props) {
  const { t } = useTranslation();
  const { job, act, busy } = props;
  const acts = useActs(job);
  return (
    <Group gap="xs">
      {acts.map((action) => (
        <Button
          key={action}
          variant={action === "resume" ? "filled" : "default"}
          size="sm"
          disabled={busy}
          leftSection={<Icon name={ICONS[action]} size={16} />}
          onClick={() => act(action)}
        >
          {t(`jobs.act.${action}`)}
        </Button>
      ))}
      <Button
        component={Link}
        to={formLink(job)}
        variant="default"
        size="sm"
        leftSection={<Icon name="copy" size={16} />}
      >
        {t("jobs.clone")}
      </Button>
      <Delete {...props} />
    </Group>
  );
}

function Delete({ job, onDeleted }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  if (!job.actions.includes("delete")) return null;
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<Icon name="trash" size={16} />}
        onClick={() => setAsking(true)}
      >
        {t("jobs.act.delete")}
      </Button>
      <DeleteJob job={job} opened={asking} onClose={() => setAsking(false)} onDeleted={onDeleted} />
    </>
  );
}

/** The same for a row of a table. */
export function JobMenu({ job, act, busy }: Props) {
  const { t } = useTranslation();
  const acts = useActs(job);
  const [asking, setAsking] = useState(false);
  const first = acts[0];
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      {first && (
        <Tooltip label={t(`jobs.act.${first}`)}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={30}
            disabled={busy}
            aria-label={t("jobs.actOn", { action: t(`jobs.act.${first}`), title: job.title })}
            onClick={() => act(first)}
          >
            <Icon name={ICONS[first]} size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={30}
            aria-label={t("jobs.more", { title: job.title })}
          >
            <span aria-hidden>⋯</span>
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {acts.map((action) => (
            <Menu.Item
              key={action}
              disabled={busy}
              leftSection={<Icon name={ICONS[action]} size={16} />}
              onClick={() => act(action)}
            >
              {t(`jobs.act.${action}`)}
            </Menu.Item>
          ))}
          <Menu.Item component={Link} to={formLink(job)} leftSection={<Icon name="copy" size={16} />}>
            {t("jobs.clone")}
          </Menu.Item>
          {job.actions.includes("delete") && (
            <Menu.Item leftSection={<Icon name="trash" size={16} />} onClick={() => setAsking(true)}>
              {t("jobs.act.delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <DeleteJob job={job} opened={asking} onClose={() => setAsking(false)} />
    </Group>
  );
}
