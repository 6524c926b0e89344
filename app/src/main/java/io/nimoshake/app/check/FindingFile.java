package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.compare.ItemDifference;
import io.nimoshake.setup.JsonText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes findings as JSON lines: {@code table}, {@code key} (DynamoDB JSON), {@code kind}, {@code
 * paths}, each with {@code path} and the values {@code source} and {@code target} as far as there
 * are any, {@code reason} and {@code repair}. For many threads.
 */
public final class FindingFile implements Findings.Sink, AutoCloseable {
  private final Path path;
  private final BufferedWriter out;

  /** Makes the file, or empties it. */
  public FindingFile(Path path) throws IOException {
    this.path = path;
    this.out = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void accept(Finding finding) throws Fault {
    try {
      out.write(line(finding));
      out.newLine();
    } catch (IOException e) {
      throw new Fault.Fatal("differences cannot be written to " + path + ": " + e, e);
    }
  }

  static String line(Finding finding) {
    StringBuilder line = new StringBuilder("{\"table\":");
    JsonText.append(line, finding.table());
    // keys and values are JSON already
    line.append(",\"key\":").append(finding.key());
    line.append(",\"kind\":\"").append(finding.kind()).append("\",\"paths\":[");
    String comma = "";
    for (ItemDifference difference : finding.differences()) {
      line.append(comma).append("{\"path\":");
      JsonText.append(line, difference.path());
      difference.source().ifPresent(value -> line.append(",\"source\":").append(value));
      difference.target().ifPresent(value -> line.append(",\"target\":").append(value));
      line.append('}');
      comma = ",";
    }
    line.append(']');
    finding.reason().ifPresent(reason -> text(line, "reason", reason));
    finding.mended().ifPresent(mended -> text(line, "repair", mended.what()));
    return line.append('}').toString();
  }

  private static void text(StringBuilder line, String name, String value) {
    line.append(",\"").append(name).append("\":");
    JsonText.append(line, value);
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
