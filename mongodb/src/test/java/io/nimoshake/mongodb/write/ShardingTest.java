package io.nimoshake.mongodb.write;

import static io.nimoshake.testkit.fault.MongoFault.answer;
import static io.nimoshake.testkit.fault.MongoFault.code;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.mongodb.preview.MongoProbe;
import io.nimoshake.testkit.fault.MongoCommand;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A sharded cluster, as far as a proxy can play one. */
class ShardingTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final TableSchema TABLE =
      new TableSchema(
          "people", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  private final String database = MONGO.freshDatabase().getName();
  private final MongoFaultProxy proxy = MONGO.faultProxy();

  @AfterEach
  void close() {
    proxy.close();
  }

  @Test
  void fromVersion6OnNothingIsEnabled() throws Fault {
    cluster(17);
    proxy.fail("enableSharding").with(code(13, "Unauthorized"));
    try (MongoTarget target = new MongoTarget(settings(), Clock.systemUTC())) {
      assertTrue(target.prepare(TABLE, Existing.DROP).fresh());
    }
    assertEquals(0, proxy.calls("enableSharding"));
    assertEquals(1, proxy.calls("shardCollection"));
  }

  @Test
  void beforeVersion6ShardingIsEnabled() throws Fault {
    cluster(13);
    proxy.fail("enableSharding").with(code(13, "Unauthorized"));
    try (MongoTarget target = new MongoTarget(settings(), Clock.systemUTC())) {
      assertThrows(Fault.Fatal.class, () -> target.prepare(TABLE, Existing.DROP));
    }
  }

  @ParameterizedTest
  @CsvSource({"9, false", "12, false", "13, true", "21, true"})
  void collectionsCanBeRenamedFromVersion5On(int wireVersion, boolean renames) throws Fault {
    cluster(wireVersion);
    try (MongoProbe probe = new MongoProbe(settings())) {
      assertEquals(renames, probe.server().renamesSharded());
      assertTrue(probe.server().sharded());
    }
  }

  /** Only our own question is answered so; the driver must not take the server for a cluster. */
  private void cluster(int wireVersion) {
    proxy
        .fail(MongoCommand.HELLO)
        .where(command -> !command.document().containsKey("helloOk"))
        .where(command -> !command.document().containsKey("client"))
        .with(answer("cluster", "{ok: 1, msg: 'isdbgrid', maxWireVersion: " + wireVersion + "}"));
    proxy.fail("shardCollection").with(answer("sharded", "{ok: 1}"));
  }

  private MongoTargetSettings settings() {
    return new MongoTargetSettings(
        proxy.uri(), database, IdLayout.KEY, true, new FieldNames(true, "pre"), false, true);
  }
}
