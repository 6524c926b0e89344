package io.nimoshake.app.progress;

import io.nimoshake.app.program.Text;
import io.nimoshake.core.plan.PlanView.Backfill;

/** How far a backfill is, in words. */
public final class BackfillText {
  private BackfillText() {}

  /** As in {@code window 2 of 3, 12 of 40 files}. */
  public static String progress(Backfill backfill) {
    String window = "window " + (backfill.windowsDone() + 1) + " of " + backfill.windows() + ", ";
    return backfill.exported()
        ? window + backfill.filesDone() + " of " + Text.count(backfill.files(), "file")
        : window + "waiting for its export";
  }

  /** The same with the cause. */
  public static String withCause(Backfill backfill) {
    return "backfilling: " + progress(backfill) + ", because " + backfill.cause();
  }
}
