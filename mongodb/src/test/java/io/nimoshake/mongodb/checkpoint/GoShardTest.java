package io.nimoshake.mongodb.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.fault.Fault;
import java.time.Instant;
import java.util.Optional;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Go tool's words mean. */
class GoShardTest {
  @ParameterizedTest
  @CsvSource({
    "done, AT_SEQUENCE_NUMBER, 7, '', End[]",
    "done, LATEST, '', '', End[]",
    "no need to process, AT_SEQUENCE_NUMBER, '', '', End[]",
    "not process, AT_SEQUENCE_NUMBER, '', '', Beginning[]",
    "wait father finish, TRIM_HORIZON, 7, '', Beginning[]",
    "prepare stage, TRIM_HORIZON, 7, '', Beginning[]",
    "in processing, TRIM_HORIZON, 7, iterator, Beginning[]",
    "in processing, AT_SEQUENCE_NUMBER, 7, iterator, At[token=7]",
    "in processing, AFTER_SEQUENCE_NUMBER, 7, '', After[token=7]",
    "prepare stage, LATEST, 7, see sequence number, At[token=7]",
    "in processing, LATEST, 7, iterator, At[token=7]",
    "prepare stage, LATEST, 7, '', none",
    "in processing, LATEST, '', iterator, none",
    "in processing, AT_SEQUENCE_NUMBER, '', '', none",
    "in processing, '', '', '', none",
  })
  void saysHowFarAShardIs(
      String status, String type, String sequenceNumber, String iterator, String position)
      throws Fault {
    GoShard shard = new GoShard("s", "", sequenceNumber, status, type, iterator, "");
    assertEquals(position, shard.position().map(Object::toString).orElse("none"));
  }

  @Test
  void aWordItDoesNotKnowIsSaid() {
    GoShard shard = GoShard.of(new Document("ShardId", "s").append("Status", "asleep"));
    Fault fault = assertThrows(Fault.Fatal.class, shard::position);
    assertEquals("shard s in the checkpoint has an unknown status: asleep", fault.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23 01:02:03 +0000 UTC, 2026-11-23T01:02:03Z",
    "2026-11-23 01:02:03.25 +0200 CEST, 2026-11-22T23:02:03.250Z",
    "2026-11-23T01:02:03Z, 2026-11-23T01:02:03Z",
    "'', ",
    "yesterday, ",
  })
  void readsTimesAsGoPrintsThem(String text, Instant time) {
    assertEquals(Optional.ofNullable(time), GoShard.time(text));
  }
}
