package io.nimoshake.core.engine;

import io.nimoshake.core.plan.PlanView.CutOver;
import io.nimoshake.core.plan.PlanView.CutOverStage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The switch of a cut-over that somebody has asked for and waits for, if there is one. Guarded by
 * the lock of {@link PlanHost}.
 */
final class SwitchRequest {
  private Optional<CompletableFuture<Boolean>> waiting = Optional.empty();
  private int refusalsBefore;

  /** Whether somebody waits. One who has given up does not. */
  boolean isWaiting() {
    return waiting.filter(answer -> !answer.isDone()).isPresent();
  }

  /**
   * @param now the cut-over before the plan hears of the request
   * @return the answer that {@link #answer} completes
   */
  CompletableFuture<Boolean> begin(Optional<CutOver> now) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    waiting = Optional.of(answer);
    refusalsBefore = now.map(CutOver::refusals).orElse(0);
    return answer;
  }

  /**
   * What gives the answer to who waits, if the plan has decided.
   *
   * @param now the cut-over after an event
   */
  Optional<Runnable> answer(Optional<CutOver> now) {
    boolean stored = now.filter(c -> c.stage() == CutOverStage.STORED).isPresent();
    boolean refused = now.filter(c -> c.refusals() == refusalsBefore).isEmpty();
    if (waiting.isEmpty() || !stored && !refused) {
      return Optional.empty();
    }
    CompletableFuture<Boolean> answer = waiting.get();
    waiting = Optional.empty();
    return Optional.of(() -> answer.complete(stored));
  }
}
