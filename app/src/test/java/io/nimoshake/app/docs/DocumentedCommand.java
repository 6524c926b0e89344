package io.nimoshake.app.docs;

import io.nimoshake.app.docs.Page.Block;
import io.nimoshake.app.docs.Page.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A command line of the documentation.
 *
 * @param source where it is
 * @param words the program and its arguments, without quotes
 */
public record DocumentedCommand(Span source, List<String> words) {
  /** Every program that the documentation calls. */
  private static final Set<String> PROGRAMS =
      Set.of(
          "nimo-shake",
          "bin/nimo-shake",
          "./nimo-shake",
          "./nimo-shake-bench",
          "./mvnw",
          "curl",
          "java",
          "flink");

  /** All of them, from code blocks and from inline code. */
  public static List<DocumentedCommand> all() {
    return Page.all().stream().flatMap(DocumentedCommand::of).toList();
  }

  /** Those that call nimo-shake itself, from a checkout or installed. */
  public static List<DocumentedCommand> ofNimoShake() {
    return all().stream().filter(DocumentedCommand::callsNimoShake).toList();
  }

  static Stream<DocumentedCommand> of(Page page) {
    Stream<DocumentedCommand> inBlocks =
        page.blocks().stream()
            .filter(DocumentedCommand::hasCommands)
            .flatMap(block -> of(block).stream());
    // One word alone is a name, not a command.
    Stream<DocumentedCommand> inline =
        page.spans().stream()
            .map(span -> new DocumentedCommand(span, words(span.text())))
            .filter(command -> command.words().size() > 1 && isProgram(command.program()));
    return Stream.concat(inBlocks, inline);
  }

  /** Whether a block consists of commands: its first line decides. */
  static boolean hasCommands(Block block) {
    List<String> first = words(block.lines().get(0));
    return !first.isEmpty() && isProgram(first.get(0));
  }

  static List<DocumentedCommand> of(Block block) {
    List<DocumentedCommand> commands = new ArrayList<>();
    StringBuilder whole = new StringBuilder();
    int begin = block.firstLine();
    for (int i = 0; i < block.lines().size(); i++) {
      String line = block.lines().get(i).strip();
      if (line.endsWith("\\")) {
        whole.append(line, 0, line.length() - 1);
      } else {
        whole.append(line);
        if (!whole.isEmpty()) {
          commands.add(
              new DocumentedCommand(
                  new Span(block.page(), begin, whole.toString()), words(whole.toString())));
        }
        whole.setLength(0);
        begin = block.firstLine() + i + 1;
      }
    }
    return commands;
  }

  static boolean isProgram(String word) {
    return PROGRAMS.contains(word);
  }

  String program() {
    return words.isEmpty() ? "" : words.get(0);
  }

  /** What follows the program. */
  public List<String> arguments() {
    return words.subList(1, words.size());
  }

  boolean callsNimoShake() {
    return program().endsWith("nimo-shake");
  }

  /** Splits as a shell does: quotes, and comments that begin with a #. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (char c : line.toCharArray()) {
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        begun = true;
      } else if (c == ' ') {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else if (c == '#' && !begun) {
        return words;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }

  @Override
  public String toString() {
    return source.toString();
  }
}
