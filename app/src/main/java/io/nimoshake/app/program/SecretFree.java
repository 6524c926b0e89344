package io.nimoshake.app.program;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.nimoshake.setup.config.Redaction;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes secrets from what other programs read. Only values that are texts are looked at: a secret
 * may be an ordinary word or number, and field names, numbers and names of tables must stay right.
 */
public final class SecretFree {
  /** We made the text ourselves, so it may be of any size. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .build())
          .build();

  /** The fields that hold names of tables, and nothing else. */
  private static final Set<String> TABLES = Set.of("name", "table", "tables", "lag_table");

  private static final Pattern LABEL =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*+)\"");

  private SecretFree() {}

  /** JSON in one line. */
  public static String json(Redaction redaction, String json) {
    return json(redaction, json, false);
  }

  /** JSON for people. */
  public static String prettyJson(Redaction redaction, String json) {
    return json(redaction, json, true);
  }

  private static String json(Redaction redaction, String json, boolean pretty) {
    StringWriter masked = new StringWriter(json.length());
    try (JsonParser in = JSON.createParser(json);
        JsonGenerator out = JSON.createGenerator(masked)) {
      if (pretty) {
        out.useDefaultPrettyPrinter();
      }
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        switch (token) {
          case VALUE_STRING ->
              out.writeString(text(redaction, field(in.getParsingContext()), in.getText()));
          // As they are written: 1.50 stays 1.50.
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(in.getText());
          default -> out.copyCurrentEvent(in);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("we made this JSON", e);
    }
    return masked.toString();
  }

  /** The field that holds a value, or the array with it. */
  private static String field(JsonStreamContext context) {
    JsonStreamContext object = context;
    while (object.inArray()) {
      object = object.getParent();
    }
    return object.inObject() ? object.getCurrentName() : "";
  }

  private static String text(Redaction redaction, String field, String text) {
    return TABLES.contains(field) ? redaction.applyToTable(text) : redaction.apply(text);
  }

  /** Metrics in Prometheus's text format: the values of labels. */
  public static String metrics(Redaction redaction, String metrics) {
    StringBuilder masked = new StringBuilder(metrics.length());
    for (String line : metrics.split("(?<=\n)")) {
      masked.append(line.startsWith("#") ? line : labels(redaction, line));
    }
    return masked.toString();
  }

  private static String labels(Redaction redaction, String line) {
    return LABEL
        .matcher(line)
        .replaceAll(
            label ->
                Matcher.quoteReplacement(
                    label.group(1)
                        + "=\""
                        + text(redaction, label.group(1), label.group(2))
                        + '"'));
  }
}
