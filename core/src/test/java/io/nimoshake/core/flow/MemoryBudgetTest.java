package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(100);
  private final List<String> granted = new ArrayList<>();

  @Test
  void aLargeRequestIsNotOvertaken() {
    ask("first", 60);
    ask("large", 90);
    ask("small", 1);
    assertEquals(List.of("first"), granted);
    budget.release(60);
    assertEquals(List.of("first", "large", "small"), granted);
    assertEquals(91, budget.heldBytes());
  }

  @Test
  void aRequestBeyondTheBudgetIsGrantedAlone() {
    ask("first", 1);
    ask("huge", 1_000);
    assertEquals(List.of("first"), granted);
    budget.release(1);
    assertEquals(List.of("first", "huge"), granted);
  }

  @Test
  void whatTurnsOutSmallerMakesRoom() {
    ask("first", 90);
    ask("second", 50);
    budget.adjust(90, 10);
    assertEquals(List.of("first", "second"), granted);
    assertEquals(60, budget.heldBytes());
  }

  private void ask(String name, long bytes) {
    budget.acquire(bytes, () -> granted.add(name));
  }
}
