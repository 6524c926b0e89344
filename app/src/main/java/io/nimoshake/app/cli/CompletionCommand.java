package io.nimoshake.app.cli;

import io.nimoshake.app.program.ExitCode;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: prints a script that completes commands and options in a shell. */
@Command(
    name = "completion",
    description = {
      "Prints a script with which a shell completes commands and options.",
      "",
      "bash:  source <(nimo-shake completion bash)",
      "zsh:   source <(nimo-shake completion zsh)",
      "fish:  nimo-shake completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {
  /** The shells with a completion script. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The words for {@link Shell}. */
  static final class Words implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(Shell.values()).map(Shell::toString).iterator();
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      completionCandidates = Words.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String word;

  @Mixin private HelpOption help;

  @Override
  public Integer call() {
    Shell shell =
        Stream.of(Shell.values())
            .filter(each -> each.toString().equals(word))
            .findFirst()
            .orElseThrow(
                () ->
                    new ParameterException(spec.commandLine(), "SHELL: must be bash, zsh or fish"));
    System.out.print(script(shell));
    return ExitCode.DONE;
  }

  static String script(Shell shell) {
    return switch (shell) {
      // The script for bash asks zsh to load its support for such scripts.
      case BASH, ZSH -> AutoComplete.bash("nimo-shake", CommandLineInterface.commandLine());
      case FISH -> new FishCompletion(CommandLineInterface.commandLine().getCommandSpec()).script();
    };
  }
}
