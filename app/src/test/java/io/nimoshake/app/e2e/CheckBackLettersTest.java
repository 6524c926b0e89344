package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.app.replay.Replay;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the comparison after a cut-over makes of dead letters: items that may be nowhere else. */
class CheckBackLettersTest {
  private static final int ITEMS = 40;
  private static final CheckOptions REPAIR =
      new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), true);
  private static final int CHANGED = 4;
  private static final int DELETED = 5;
  private static final int MOVED = 7;

  @TempDir Path directory;

  /** It was left out of the copy, so it is nowhere but in DynamoDB. */
  @Test
  void aRejectedItemIsNotDeletedUnlessItIsAskedFor() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      Path letters = directory.resolve("letters.jsonl");
      Path conf =
          servers.configuration(
              directory,
              "sync_mode = full",
              "on_poison = dead_letter",
              "dead_letter.file = " + letters);
      AfterCutOver.copyAndCutOver(conf);
      servers.collection(Shape.S_N.table).deleteOne(Servers.filter(Shape.S_N, DELETED));
      servers.collection(Shape.S_N.table).deleteOne(Servers.filter(Shape.S_N, MOVED));
      Files.writeString(letters, AfterCutOver.letter(Shape.S_N, MOVED, "forward"));
      Checking repaired = Checking.run(conf, REPAIR);
      assertEquals(List.of(Shape.S_N.key(MOVED)), extras(Checking.run(conf, CheckOptions.ALL)));
      assertTrue(repaired.text().contains("not deleted from DynamoDB: it was rejected"));
      CheckOptions all =
          new CheckOptions(
              List.of(), OptionalInt.empty(), Optional.empty(), Optional.empty(), true, true);
      Checking.run(conf, all);
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());
    }
  }

  /** Else the file has fewer letters than were accepted, and any item may be a rejected one. */
  @ParameterizedTest
  @ValueSource(strings = {"", "./letters.jsonl", "link.jsonl"})
  void aLetterThatWasReplayedAfterTheCutOverIsNotMissed(String named) throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S_N), ITEMS);
      Path letters = directory.resolve("letters.jsonl");
      Path conf =
          servers.configuration(
              directory,
              "sync_mode = full",
              "on_poison = dead_letter",
              "dead_letter.file = " + letters);
      AfterCutOver.copyAndCutOver(conf);
      Configuration configuration = AfterCutOver.load(conf);
      try (SyncStore store = new SyncSetup(configuration).mongoCheckpoints()) {
        store.note("accepted_dead_letters", "3");
      }
      servers.collection(Shape.S_N.table).deleteOne(Servers.filter(Shape.S_N, MOVED));
      Files.writeString(
          letters,
          AfterCutOver.letter(Shape.S_N, CHANGED, "forward")
              + AfterCutOver.letter(Shape.S_N, CHANGED, "forward")
              + AfterCutOver.letter(Shape.S_N, MOVED, "forward"));
      Files.createSymbolicLink(directory.resolve("link.jsonl"), letters);
      List<String> command = new ArrayList<>(List.of("replay", "--conf", conf.toString()));
      if (!named.isEmpty()) {
        command.addAll(List.of("--file", named));
      }
      ChildProgram replay = ChildProgram.run(directory, Map.of(), command.toArray(String[]::new));
      assertEquals(1, replay.exitCode(), replay.err() + replay.out());
      assertTrue(
          replay.out().contains(" 1 left in " + (named.isEmpty() ? letters : named)), replay.out());
      assertEquals(1, Files.readAllLines(letters).size());

      servers.collection(Shape.S_N.table).deleteOne(Servers.filter(Shape.S_N, DELETED));
      Checking.run(conf, REPAIR);
      assertEquals(List.of(Shape.S_N.key(MOVED)), extras(Checking.run(conf, CheckOptions.ALL)));
    }
  }

  @Test
  void aDeadLetterWhoseKeyNoItemCanHaveStaysInTheFile() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), ITEMS);
      final Path conf = servers.configuration(directory, "sync_mode = full");
      AfterCutOver.copyAndCutOver(conf);
      servers.dynamo.deleteItem(r -> r.tableName(Shape.S.table).key(Shape.S.key(MOVED)));
      String wrong = "{\"table\":\"by_s\",\"key\":{\"hash.key\":{\"S\":\"\"}},\"item\":{}}";
      String right =
          "{\"table\":\"by_s\",\"key\":{\"hash.key\":{\"S\":\"key-%d\"}}}".formatted(MOVED);
      Path letters = Files.write(directory.resolve("letters.jsonl"), List.of(wrong, right));
      Configuration configuration = AfterCutOver.load(conf);
      CheckSetup check = new CheckSetup(configuration);
      List<String> left = new ArrayList<>();
      try (Sides sides = check.open(CheckOptions.ALL);
          SyncBeside beside = check.beside()) {
        new Replay(
                sides,
                beside,
                new SyncSetup(configuration).tableFilter(),
                Clock.systemUTC(),
                left::add,
                settled -> {})
            .run(letters);
      }
      assertEquals(List.of(wrong), Files.readAllLines(letters));
      assertEquals(
          List.of(
              "table by_s: no item can have the key of the line:"
                  + " hash.key: DynamoDB does not allow an empty key"),
          left);
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());
    }
  }

  private static List<Map<String, AttributeValue>> extras(Checking checking) {
    return checking.findings().stream().map(finding -> AttributeJson.read(finding.key())).toList();
  }
}
