package io.nimoshake.testkit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What DescribeStream shows of the shards. */
class ReshardedListingsTest extends ReshardingFixture {
  @Test
  void listingsArePaged() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.rollOverEvery(10)).listedShards(3));
    put(95);

    JsonNode page = describe("");
    assertEquals(3, page.path("Shards").size());
    assertEquals(page.path("Shards").get(2).path("ShardId"), page.path("LastEvaluatedShardId"));
    assertEquals(2, describe(",'Limit':2").path("Shards").size());

    List<String> listed = ids(new TreeReader(client, arn).list(""));
    assertEquals(endpointShards().stream().map(ShardView::shardId).toList(), listed);
    assertEquals(10, listed.size());
  }

  @Test
  void aFilterShowsOnlyChildren() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.splitEvery(10)));
    put(100);
    ShardView root = endpointShards().get(0);
    String filter = ",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'" + root.shardId() + "'}";

    List<String> children =
        endpointShards().stream()
            .filter(shard -> shard.parent().filter(root.shardId()::equals).isPresent())
            .map(ShardView::shardId)
            .toList();
    assertEquals(2, children.size());
    assertEquals(children, ids(new TreeReader(client, arn).list(filter)));
  }

  @Test
  void aFilterThatIsNotHonouredShowsAll() throws Exception {
    start(ReshardingOptions.calm().resharding(Resharding.splitEvery(10)).childFilter(false));
    put(100);
    ShardView root = endpointShards().get(0);

    List<JsonNode> listed =
        new TreeReader(client, arn)
            .list(",'ShardFilter':{'Type':'CHILD_SHARDS','ShardId':'" + root.shardId() + "'}");

    assertEquals(endpointShards().size(), listed.size());
  }

  @Test
  void childrenMayBeListedLate() throws Exception {
    start(ReshardingOptions.calm().childrenListedAfter(2));
    endpoint.split(endpointShards().get(0).shardId());

    assertEquals(List.of(true), closedInListing());
    assertEquals(List.of(true), closedInListing());
    assertEquals(List.of(true, false, false), closedInListing());
  }

  @Test
  void parentsMayLookOpenBesideTheirChildren() throws Exception {
    start(ReshardingOptions.calm().endShownAfter(2));
    endpoint.split(endpointShards().get(0).shardId());

    assertEquals(List.of(false, false, false), closedInListing());
    assertEquals(List.of(false, false, false), closedInListing());
    assertEquals(List.of(true, false, false), closedInListing());
  }
}
