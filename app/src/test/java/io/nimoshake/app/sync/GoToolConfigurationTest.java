package io.nimoshake.app.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A file with every key of the Go tool, its traps among them, as its users have it. */
class GoToolConfigurationTest {
  @RegisterExtension static final ServersFixture SERVERS = new ServersFixture();

  @TempDir Path dir;

  @Test
  void shardingIsRefusedInOneLineBeforeAnythingIsWritten() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("gosharding"), "orders", 5);
    ChildProgram program = run("gosharding", "sharding", true);
    ServersFixture.assertRefused(2, "target.mongodb.type = sharding; set it to replica", program);
    SERVERS.assertNothingWritten("gosharding");
  }

  @Test
  void aFilterThatLetsNothingThroughIsTold() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("gofilter"), "orders", 30);
    ServersFixture.load(SERVERS.dynamoDb("gofilter"), "people", 7);
    ChildProgram program = run("gofilter", "replica", true);
    assertEquals(0, program.exitCode(), program.err() + program.out());
    assertEquals(
        0, SERVERS.mongo().getDatabase("gofilter").getCollection("orders").countDocuments());
    assertTrue(
        program
            .out()
            .contains(
                "WARN  table orders: full.read.filter_expression let nothing through: 30 items"
                    + " scanned, 0 kept"),
        program.out());
    assertTrue(
        program
            .out()
            .contains(
                "WARN  no item of these tables passes full.read.filter_expression (items scanned):"
                    + " orders (30), people (7)"),
        program.out());
  }

  @Test
  void withoutTheTrapsItCopies() throws Exception {
    ServersFixture.load(SERVERS.dynamoDb("gocopies"), "orders", 30);
    ChildProgram program = run("gocopies", "replica", false);
    assertEquals(0, program.exitCode(), program.err() + program.out());
    assertEquals(
        30, SERVERS.mongo().getDatabase("gocopies").getCollection("orders").countDocuments());
    assertTrue(!program.out().contains("WARN"), program.out());
  }

  private ChildProgram run(String id, String type, boolean filtered) throws Exception {
    String text =
        """
        # everything the Go tool knows
        conf.version = 3
        id = %s
        log.file =
        log.level = info
        log.buffer = true
        pid_path =
        system_profile = 9330
        full_sync.http_port = 0
        incr_sync.http_port = 0
        sync_mode = full
        incr_sync_parallel = false
        source.access_key_id = %s
        source.secret_access_key = secretkey
        source.session_token =
        source.region = us-east-1
        source.endpoint_url = %s
        source.session.max_retries = 3
        source.session.timeout = 3000
        filter.collection.white =
        filter.collection.black =
        qps.full = 1000
        qps.full.batch_num = 128
        qps.incr = 1000
        qps.incr.batch_num = 128
        target.type = mongodb
        target.address = %s
        target.mongodb.type = %s
        target.db.exist = drop
        sync_schema_only = false
        full.concurrency = 4
        full.read.concurrency = 1
        full.document.concurrency = 4
        full.document.write.batch = 25
        full.document.parser = 2
        full.enable_index.primary = true
        full.enable_index.user = true
        full.executor.insert_on_dup_update = true
        increase.concurrency = 16
        increase.executor.insert_on_dup_update = true
        increase.executor.upsert = true
        increase.persist.dir = /tmp/waiting
        convert.type = mchange
        convert._id = pre
        checkpoint.type = mongodb
        checkpoint.address =
        checkpoint.db =
        """
            .formatted(id, id, SERVERS.endpoint(), SERVERS.mongoUri(), type);
    String filter =
        """
        full.read.filter_expression = made > :from AND made < :to
        full.read.filter_attributevalues = from```N```1646724207280~~~to```N```1646724207283
        """;
    Path conf = Files.writeString(dir.resolve(id + ".conf"), filtered ? text + filter : text);
    return ChildProgram.run(dir, Map.of(), "-conf=" + conf);
  }
}
