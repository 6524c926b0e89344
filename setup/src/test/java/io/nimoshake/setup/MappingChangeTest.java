package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfMapping;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.setup.config.Configuration;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingChangeTest {
  private static final String BEFORE =
      """
      version: 1
      tables:
        orders:
          collection: o
          indexes: [{keys: {a: 1}}]
        users: {collection: u}""";

  @TempDir private Path directory;

  private final List<CheckpointEntry> stored = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final List<Existing> prepared = new ArrayList<>();

  private void start(String mapping, String... more) throws Exception {
    List<String> lines = new ArrayList<>(List.of(more));
    lines.add("target.address=mongodb://127.0.0.1");
    if (!mapping.isEmpty()) {
      lines.add("mapping.file=" + Files.writeString(directory.resolve("m.yaml"), mapping));
    }
    SyncSetup setup = new SyncSetup(Configuration.load(Optional.empty(), Map.of(), lines));
    new MappingChange(StartUp.once(), setup, port(Source.class), port(Target.class))
        .carryOut(port(CheckpointStore.class), 1);
  }

  private <T> T port(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "load" -> List.copyOf(stored);
                  case "save" -> {
                    stored.removeIf(OfMapping.class::isInstance);
                    for (Object entry : (List<?>) arguments[1]) {
                      stored.add((CheckpointEntry) entry);
                    }
                    yield null;
                  }
                  case "describe" -> {
                    KeyAttribute key = new KeyAttribute("id", Type.S);
                    yield new TableSchema(
                        (String) arguments[0], key, Optional.empty(), List.of(), 0, 0);
                  }
                  case "prepare" -> {
                    calls.add("prepare " + ((TableSchema) arguments[0]).name());
                    prepared.add((Existing) arguments[1]);
                    yield null;
                  }
                  case "finish" -> {
                    calls.add(method.getName() + " " + ((TableSchema) arguments[0]).name());
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.toString());
                }));
  }

  private void begun(String table, Phase phase) {
    stored.add(new OfTable(table, phase, Optional.empty(), List.of(), 1, true, false));
  }

  private String refusal(String mapping, String... more) {
    return assertThrows(StartUpException.class, () -> start(mapping, more)).getMessage();
  }

  @Test
  void aSyncKeepsTheMappingWithWhichItBegins() throws Exception {
    start(BEFORE);
    assertEquals(List.of(new OfMapping(BEFORE)), stored);
    begun("orders", Phase.COPIED);
    start(BEFORE + "\n");
    assertTrue(refusal("").contains("changed for tables that are copied already: orders\n"));
    String other = refusal(BEFORE.replace("collection: o", "collection: p"));
    assertTrue(other.contains("\n- 4:     collection: o\n+ 4:     collection: p\nGo back"), other);
    assertTrue(other.contains("this one does more"), other);
    assertTrue(stored.contains(new OfMapping(BEFORE)));
  }

  @Test
  void aSyncWithoutAMappingHasNoEntryOfIt() throws Exception {
    start("");
    assertEquals(List.of(), stored);
    begun("orders", Phase.COPYING);
    start("");
    assertTrue(refusal(BEFORE).contains("+ 1: version: 1"));
  }

  @Test
  void whatDoesNotConcernATableThatHasBegunMayChange() throws Exception {
    start(BEFORE);
    begun("orders", Phase.COPIED);
    String other = "# new\n" + BEFORE.replace("collection: u", "collection: v") + "\n  x: {}";
    start(other);
    assertTrue(stored.contains(new OfMapping(other)));
    begun("users", Phase.COPYING);
    assertTrue(refusal(BEFORE).contains("copied already: users\n"));
  }

  @Test
  void moreIndexesAreAcceptedWhenAskedForAndBuilt() throws Exception {
    start(BEFORE);
    begun("orders", Phase.COPIED);
    String more = BEFORE.replace("[{keys: {a: 1}}]", "[{keys: {a: 1}}, {keys: {b: 1}}]");
    String refused = refusal(more);
    assertTrue(refused.contains("start once with --accept-mapping"), refused);
    start(more, "mapping.accept=true");
    assertEquals(List.of("prepare orders", "finish orders"), calls);
    assertEquals(List.of(Existing.RESUME), prepared);
    assertTrue(stored.contains(new OfMapping(more)));
    String fewer = refusal(BEFORE, "mapping.accept=true");
    assertTrue(fewer.contains("this one does more"), fewer);
  }

  /** Its copy has got its indexes already, and goes on without building any. */
  @Test
  void theIndexesOfANewCopyThatIsToBeSwappedInAreBuilt() throws Exception {
    start(BEFORE);
    begun("orders", Phase.SWAPPING);
    begun("users", Phase.COPYING);
    String more = BEFORE.replace("[{keys: {a: 1}}]", "[{keys: {a: 1}}, {keys: {b: 1}}]");
    start(more, "mapping.accept=true");
    assertEquals(List.of("prepare orders", "finish orders"), calls);
    assertEquals(List.of(Existing.RESUME_BESIDE), prepared);
  }

  @Test
  void theWayBackAcceptsNoOtherMapping() throws Exception {
    start(BEFORE);
    begun("orders", Phase.COPIED);
    String more = BEFORE.replace("[{keys: {a: 1}}]", "[{keys: {a: 1}}, {keys: {b: 1}}]");
    String refused = refusal(more, "sync_mode=back", "mapping.accept=true");
    assertTrue(refused.contains("changed since the cut-over for tables orders\n"), refused);
    assertEquals(List.of(), calls);
    assertTrue(stored.contains(new OfMapping(BEFORE)));
    start(BEFORE, "sync_mode=back");
  }
}
