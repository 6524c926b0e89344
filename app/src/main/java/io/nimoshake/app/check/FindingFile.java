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
 * Writes findings to a file, one JSON object a line: {@code table}, {@code key} (DynamoDB JSON),
 * {@code kind}, {@code paths}, {@code reason} and {@code repair}. Each path has a {@code path} and
 * the values of {@code source} and {@code target}, if they have one. For many threads.
 */
public final class FindingFile implements Findings.Sink, AutoCloseable {
  private final Path path;
  private final BufferedWriter out;

  /** Creates the file, or empties an existing one. */
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
    // keys and values are already JSON
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
    finding.reason().ifPresent(reason -> JsonText.member(line, "reason", reason));
    finding.repair().ifPresent(repair -> JsonText.member(line, "repair", repair.what()));
    return line.append('}').toString();
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
