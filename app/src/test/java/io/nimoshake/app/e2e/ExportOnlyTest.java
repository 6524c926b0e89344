package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.ChildProgram;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.testkit.export.ExportDirectory;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies from an export that exists, with as little access to the source as possible. */
class ExportOnlyTest {
  private static final Shape SHAPE = Shape.S_N;

  @TempDir Path directory;

  @Test
  void aSourceThatOnlyDescribesItsTableIsEnough() throws Exception {
    try (Servers servers = Servers.shared();
        HttpFaultProxy source = HttpFaultProxy.to(servers.dynamoServer.endpoint())) {
      Path export = export(servers);
      source
          .fail(HttpFaultProxy.ANY)
          .where(call -> !call.name().equals("DescribeTable"))
          .with(HttpFault.ACCESS_DENIED);
      copy(servers, source.endpoint(), export);
      BothSides.assertEqual(servers, List.of(SHAPE));
    }
  }

  @Test
  void aGivenSchemaNeedsNoSource() throws Exception {
    try (Servers servers = Servers.shared()) {
      Path export = export(servers);
      String key =
          SHAPE.definition().attributeDefinitions().stream()
              .filter(attribute -> SHAPE.keyNames().contains(attribute.attributeName()))
              .map(attribute -> attribute.attributeName() + ":" + attribute.attributeTypeAsString())
              .collect(Collectors.joining(","));
      copy(
          servers,
          URI.create("http://127.0.0.1:1"),
          export,
          "export.schema = " + SHAPE.table + "=" + key);
      BothSides.assertEqual(servers, List.of(SHAPE));
    }
  }

  private Path export(Servers servers) throws Exception {
    BothSides.create(servers, List.of(SHAPE), 200);
    List<List<String>> files = List.of(new ArrayList<>(), new ArrayList<>());
    servers
        .dynamo
        .scanPaginator(r -> r.tableName(SHAPE.table))
        .items()
        .forEach(item -> files.get(item.hashCode() & 1).add(AttributeJson.write(item)));
    return ExportDirectory.write(directory, SHAPE.table, Instant.EPOCH, files);
  }

  private void copy(Servers servers, URI source, Path export, String... lines) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of("sync_mode = full", "full.source = export", "export.manifest = " + export));
    all.addAll(List.of(lines));
    Path conf =
        servers.configuration(
            directory, source, servers.mongoServer.uri(), all.toArray(String[]::new));
    ChildProgram program = ChildProgram.run(directory, Map.of(), "sync", "--conf", conf.toString());
    String output = program.out() + program.err();
    assertEquals(0, program.exitCode(), output);
    assertTrue(servers.collection(SHAPE.table).countDocuments() == 200, output);
  }
}
