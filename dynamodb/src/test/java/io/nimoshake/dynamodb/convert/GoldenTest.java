package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Named edge cases: each file holds an item and its document as canonical Extended JSON. To update
 * the files, run with {@code -Dgolden.write=true} and review the difference.
 */
class GoldenTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "src/test/resources/golden");
  private static final List<ConvertType> TYPES =
      List.of(ConvertType.CHANGE, ConvertType.MCHANGE, ConvertType.RAW);

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void becomesWhatIsWritten(Path file) throws IOException {
    String written = Files.readString(file);
    String item = written.lines().findFirst().orElseThrow();
    StringBuilder result = new StringBuilder(item).append('\n');
    for (ConvertType type : TYPES) {
      result.append('\n').append(type).append('\n').append(outcome(type, item)).append('\n');
    }
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(file, result);
    } else {
      assertEquals(written, result.toString());
    }
  }

  private static String outcome(ConvertType type, String item) throws IOException {
    ChangeBatch batch = Decode.scan(Decode.BY_ID, Decode.options(type), item);
    if (!batch.rejected().isEmpty()) {
      return "rejected: " + batch.rejected().get(0).reason();
    }
    Change.Upsert upsert = (Change.Upsert) batch.changes().get(0);
    return Decode.bson(upsert.document())
        .toJson(JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build());
  }
}
