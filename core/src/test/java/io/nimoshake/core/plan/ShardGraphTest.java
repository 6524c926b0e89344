package io.nimoshake.core.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.ShardGraph.Node;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who continues whom, and from when on changes may be unread. */
class ShardGraphTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private final ShardGraph graph = new ShardGraph(T0);

  @Test
  void aMergedShardWaitsForBothParents() {
    Node a = admit("a");
    Node b = admit("b");
    Node c = admit("c", "a", "b");
    assertEquals(List.of(a, b), graph.ready());
    assertEquals(List.of(), graph.finish(a));
    assertEquals(List.of(c), graph.finish(b));
  }

  @Test
  void aParentThatIsAdmittedAfterItsChildHoldsItBack() {
    Node child = admit("child", "parent");
    assertEquals(List.of(child), graph.ready());
    Node parent = admit("parent");
    assertEquals(List.of(parent), graph.ready());
    assertTrue(parent.hasChild());
    assertEquals(List.of(child), graph.finish(parent));
  }

  @Test
  void aShardThatIsDoneWithoutAKnownChildIsChildless() {
    Node a = admit("a");
    assertEquals(Set.of(), graph.childless());
    graph.finish(a);
    assertEquals(Set.of("a"), graph.childless());
    admit("b", "a");
    assertEquals(Set.of(), graph.childless());
  }

  @Test
  void shardsThatWereStoppedAreReadyAgain() {
    Node a = admit("a");
    Node b = admit("b");
    a.progress = Progress.RUNNING;
    graph.finish(b);
    graph.stopped();
    assertEquals(List.of(a), graph.ready());
  }

  @Test
  void theStreamIsCompleteUntilItsSlowestShard() {
    assertEquals(T0, graph.completeUntil());
    admit("a").completeUntil(T0.plusSeconds(10));
    admit("b").completeUntil(T0.plusSeconds(20));
    assertEquals(T0.plusSeconds(10), graph.completeUntil());
  }

  /** Everything in the child is newer than its parent; only what is still to come counts. */
  @Test
  void aChildBeginsWhereItsParentEnded() {
    Node a = admit("a");
    Node child = admit("child", "a");
    a.completeUntil(T0.plusSeconds(10));
    graph.finish(a);
    assertEquals(T0.plusSeconds(10), child.completeUntil());
    assertEquals(T0.plusSeconds(10), graph.completeUntil());
  }

  @Test
  void theUnknownChildOfAShardThatIsDoneCounts() {
    Node a = admit("a");
    admit("b").completeUntil(T0.plusSeconds(60));
    a.completeUntil(T0.plusSeconds(10));
    graph.finish(a);
    assertEquals(T0.plusSeconds(10), graph.completeUntil());
  }

  @Test
  void aMomentNeverMovesBack() {
    Node a = admit("a");
    a.completeUntil(T0.plusSeconds(10));
    a.completeUntil(T0.plusSeconds(5));
    assertEquals(T0.plusSeconds(10), a.completeUntil());
  }

  @Test
  void theCheckpointBringsBackWhoContinuesWhom() {
    graph.restore(entry("child", Position.BEGINNING, "a"));
    graph.restore(entry("a", Position.END));
    graph.connect();
    assertEquals(List.of(graph.node("child").orElseThrow()), graph.ready());
    assertEquals(Set.of(), graph.childless());
    assertFalse(graph.isDone());
    assertEquals(T0.plusSeconds(7), graph.completeUntil());
  }

  private Node admit(String id, String... parents) {
    return graph.admit(shard(id, parents));
  }

  private static OfSplit entry(String id, Position position, String... parents) {
    return new OfSplit(shard(id, parents), position, Optional.of(T0.plusSeconds(7)), T0);
  }

  private static StreamShard shard(String id, String... parents) {
    return new StreamShard("t", "arn", id, Set.of(parents), Optional.empty(), T0);
  }
}
