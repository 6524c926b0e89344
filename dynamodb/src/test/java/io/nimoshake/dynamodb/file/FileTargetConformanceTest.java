package io.nimoshake.dynamodb.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.dynamodb.client.AttributeJson;
import io.nimoshake.dynamodb.client.ItemCodec;
import io.nimoshake.testkit.conformance.TargetConformance;
import io.nimoshake.testkit.export.ExportDirectory;
import io.nimoshake.testkit.fault.PortFault;
import io.nimoshake.testkit.fault.PortFaults;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** What every target must do, with files, as far as a copy needs it. */
class FileTargetConformanceTest {
  @Nested
  class FilesThatAreNeverFull extends Suite {
    FilesThatAreNeverFull() {
      super(1 << 20);
    }
  }

  @Nested
  class AFileForEachPage extends Suite {
    AFileForEachPage() {
      super(1);
    }
  }

  @Nested
  class UnderFaults extends Suite {
    private final PortFaults faults =
        new PortFaults().seeded(Set.of(), 17, 0.4, PortFault.RESET, PortFault.ANSWER_LOST);

    UnderFaults() {
      super(100);
    }

    @Override
    protected Target open() {
      return PortFaults.comingAgain(Target.class, faults.on(super.open()));
    }
  }

  abstract static class Suite extends TargetConformance {
    private final long fileBytes;

    @TempDir Path directory;

    Suite(long fileBytes) {
      this.fileBytes = fileBytes;
    }

    @Override
    protected Target open() {
      return new FileTarget(new FileTargetSettings(directory, fileBytes), Clock.systemUTC());
    }

    @Override
    protected Slice encode(Map<String, Object> attributes) {
      return ItemCodec.encode(attributes);
    }

    @Override
    protected List<Map<String, Object>> items(String table) {
      List<Map<String, Object>> items = new ArrayList<>();
      try {
        for (ExportPlace place : ExportPlace.find(directory, table)) {
          boolean finished = place.isFinished();
          assertEquals(!finished, Files.exists(place.unfinished()));
          try (var files = Files.list(finished ? place.data() : place.unfinished())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json.gz")).toList()) {
              read(file, finished, items);
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return items;
    }

    private static void read(Path file, boolean complete, List<Map<String, Object>> into)
        throws IOException {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        byte[] buffer = new byte[1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          text.write(buffer, 0, count);
        }
      } catch (EOFException e) {
        // A file that is being written ends behind its last page.
        if (complete) {
          throw e;
        }
      }
      text.toString(StandardCharsets.UTF_8)
          .lines()
          .forEach(
              line -> {
                String item = line.substring("{\"Item\":".length(), line.length() - 1);
                into.add(ItemCodec.decode(AttributeJson.read(item)));
              });
    }

    @Override
    protected long tombstones(String table) {
      return 0;
    }

    @Override
    protected Set<List<String>> userIndexes(String table) {
      return Set.of();
    }

    @Override
    protected boolean hasHelpers(String table) {
      return false;
    }

    @Override
    protected Optional<List<Map<String, Object>>> renamedItems(String table) {
      List<Map<String, Object>> items = new ArrayList<>();
      try (var tables = Files.list(directory)) {
        tables
            .map(found -> found.getFileName().toString())
            .filter(name -> name.startsWith(table + "."))
            .forEach(name -> items.addAll(items(name)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Optional.of(items);
    }

    @Override
    protected void putForeign(TableSchema table, Map<String, Object> item) {
      String json = AttributeJson.write(ItemCodec.values(item));
      try {
        ExportDirectory.write(
            directory.resolve(table.name()),
            table.name(),
            Instant.parse("2026-03-01T10:00:00Z"),
            List.of(List.of(json)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    protected Optional<Map<String, Object>> refused(String id) {
      return Optional.empty();
    }
  }
}
