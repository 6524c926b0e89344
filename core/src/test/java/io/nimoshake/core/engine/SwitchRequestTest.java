package io.nimoshake.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.plan.PlanView.CutOver;
import io.nimoshake.core.plan.PlanView.CutOverStage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SwitchRequestTest {
  private final SwitchRequest request = new SwitchRequest();

  private static Optional<CutOver> at(CutOverStage stage, int refusals) {
    Instant freeze = Instant.parse("2026-01-01T00:00:00Z");
    return Optional.of(new CutOver(freeze, freeze, freeze, 0, refusals, stage, List.of()));
  }

  @Test
  void isAnsweredWhenItIsStored() {
    CompletableFuture<Boolean> answer = request.begin(at(CutOverStage.WAITING, 1));
    assertTrue(request.isWaiting());
    assertEquals(Optional.empty(), request.answer(at(CutOverStage.RECORDED, 1)));
    request.answer(at(CutOverStage.STORED, 1)).orElseThrow().run();
    assertTrue(answer.join());
    assertFalse(request.isWaiting());
  }

  @Test
  void isAnsweredWhenItIsRefusedOrCalledOff() {
    CompletableFuture<Boolean> answer = request.begin(at(CutOverStage.WAITING, 1));
    request.answer(at(CutOverStage.WAITING, 2)).orElseThrow().run();
    assertFalse(answer.join());
    answer = request.begin(at(CutOverStage.WAITING, 2));
    request.answer(Optional.empty()).orElseThrow().run();
    assertFalse(answer.join());
  }

  @Test
  void whoHasGivenUpDoesNotWait() {
    CompletableFuture<Boolean> first = request.begin(at(CutOverStage.WAITING, 0));
    first.complete(false);
    assertFalse(request.isWaiting());
    CompletableFuture<Boolean> second = request.begin(at(CutOverStage.WAITING, 0));
    request.answer(at(CutOverStage.STORED, 0)).orElseThrow().run();
    assertTrue(second.join());
    assertFalse(first.join());
  }
}
