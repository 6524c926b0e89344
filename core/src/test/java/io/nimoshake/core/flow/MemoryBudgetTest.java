package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(100);
  private final MemoryBudget.Share alone = budget.share();
  private final List<String> granted = new ArrayList<>();

  private void ask(MemoryBudget.Share share, String name, long bytes) {
    share.acquire(bytes, () -> granted.add(name));
  }

  @Test
  void aLargeRequestIsNotOvertaken() {
    ask(alone, "first", 60);
    ask(alone, "large", 90);
    ask(alone, "small", 1);
    assertEquals(List.of("first"), granted);
    alone.release(60);
    assertEquals(List.of("first", "large", "small"), granted);
    assertEquals(91, budget.heldBytes());
  }

  @Test
  void aRequestBeyondTheBudgetIsGrantedAlone() {
    ask(alone, "first", 1);
    ask(alone, "huge", 1_000);
    assertEquals(List.of("first"), granted);
    alone.release(1);
    assertEquals(List.of("first", "huge"), granted);
  }

  @Test
  void whatTurnsOutSmallerMakesRoom() {
    ask(alone, "first", 90);
    ask(alone, "second", 50);
    alone.adjust(90, 10);
    assertEquals(List.of("first", "second"), granted);
    assertEquals(60, budget.heldBytes());
  }

  @Test
  void aTableThatIsStuckLeavesAPageToEachOther() {
    MemoryBudget.Share stuck = alone;
    MemoryBudget.Share second = budget.share();
    MemoryBudget.Share third = budget.share();
    ask(stuck, "s1", 40);
    ask(stuck, "s2", 40);
    ask(stuck, "s3", 40);
    assertEquals(List.of("s1"), granted, "three quarters of the budget are all that it gets");
    ask(second, "a1", 60);
    ask(third, "b1", 60);
    assertEquals(List.of("s1", "a1", "b1"), granted);
    ask(second, "a2", 60);
    assertEquals(List.of("s1", "a1", "b1"), granted, "one page each beyond the budget");
    second.release(60);
    assertEquals(List.of("s1", "a1", "b1", "a2"), granted, "and the next one after it");
  }

  @Test
  void tablesWithoutAPageNeverHoldMoreThanTwiceTheBudget() {
    ask(alone, "stuck", 75);
    ask(budget.share(), "a", 75);
    ask(budget.share(), "b", 75);
    assertEquals(List.of("stuck", "a"), granted);
    assertEquals(150, budget.heldBytes());
  }

  @Test
  void theLastTableHasAllOfIt() {
    MemoryBudget.Share other = budget.share();
    ask(alone, "first", 70);
    ask(alone, "second", 30);
    assertEquals(List.of("first"), granted);
    other.close();
    other.close();
    assertEquals(List.of("first", "second"), granted);
  }
}
