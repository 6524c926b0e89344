package io.nimoshake.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules of docs/architecture.md about who may use whom. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.nimoshake");

  private static final String[] JDK = {"java..", "javax.net..", "javax.crypto..", "org.slf4j.."};

  /** The packages of core, each of which may use only those before it. */
  private static final List<String> CORE =
      List.of("model", "fault", "port", "codec", "plan", "flow", "engine");

  @Test
  void coreUsesNothingButTheJdk() {
    moduleUses("io.nimoshake.core..");
  }

  @Test
  void dynamodbUsesNothingOfOtherAdapters() {
    moduleUses(
        "io.nimoshake.dynamodb..",
        "io.nimoshake.core..",
        "software.amazon.awssdk..",
        "com.fasterxml.jackson.core..",
        "org.bson..");
  }

  @Test
  void mongodbUsesNothingOfOtherAdapters() {
    moduleUses("io.nimoshake.mongodb..", "io.nimoshake.core..", "com.mongodb..", "org.bson..");
  }

  @Test
  void nothingUsesTheProgram() {
    noClasses()
        .that(not(resideInAPackage("io.nimoshake.app..")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.nimoshake.app..")
        .check(OURS);
  }

  @TestFactory
  Stream<DynamicTest> corePackagesUseOnlyThoseAboveThem() {
    return CORE.stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      String[] below =
                          CORE.subList(CORE.indexOf(name) + 1, CORE.size()).stream()
                              .map(p -> "io.nimoshake.core." + p + "..")
                              .toArray(String[]::new);
                      noClasses()
                          .that()
                          .resideInAPackage("io.nimoshake.core." + name + "..")
                          .should()
                          .dependOnClassesThat(resideInAnyPackage(below))
                          .allowEmptyShould(true)
                          .check(OURS);
                    }));
  }

  @Test
  void corePackagesAreTheKnownOnes() {
    String[] known = CORE.stream().map(p -> "io.nimoshake.core." + p).toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage("io.nimoshake.core..")
        .should()
        .resideInAnyPackage(known)
        .check(OURS);
  }

  private static void moduleUses(String module, String... others) {
    List<String> allowed = new ArrayList<>(List.of(JDK));
    allowed.add(module);
    allowed.addAll(List.of(others));
    classes()
        .that()
        .resideInAPackage(module)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)))
        .allowEmptyShould(true)
        .check(OURS);
  }
}
