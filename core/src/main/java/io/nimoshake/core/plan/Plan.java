package io.nimoshake.core.plan;

import java.util.List;
import java.util.Optional;

/**
 * Decides what runs: an event goes in, commands come out. Pure and single-threaded: no I/O, no
 * clock, no randomness. {@link SyncPlan} is for the way from DynamoDB to the target, {@link
 * BackPlan} for the way back.
 */
public sealed interface Plan permits SyncPlan, BackPlan {
  /** What to do first. */
  List<Command> start();

  /** What to do next, now that this has happened. */
  List<Command> on(Event event);

  /** Whether every known table is past its copy. */
  boolean isCopied();

  /** The cut-over that is under way. */
  Optional<PlanView.CutOver> cutOver();

  /** Where each table and split is, for showing. */
  List<PlanView.Table> view();
}
