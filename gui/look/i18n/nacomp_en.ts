<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AddingQuestions</name>
    <message numerus="yes">
        <source>%n small file(s): one archive for all of them, or one each?</source>
        <translation>
            <numerusform>%n small file: one archive for all of them, or one each?</numerusform>
            <numerusform>%n small files: one archive for all of them, or one each?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ArchivePage</name>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EntryModel</name>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n part</numerusform>
            <numerusform>%n parts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JobDetails</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LongJobQuestions</name>
    <message numerus="yes">
        <source>%n job(s) would take about {0} in all, and reach about {1}.</source>
        <translation>
            <numerusform>%n job would take about {0} in all, and reach about {1}.</numerusform>
            <numerusform>%n jobs would take about {0} in all, and reach about {1}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message numerus="yes">
        <source>%n job(s) with a password wait in the queue. Close and forget them?</source>
        <translation>
            <numerusform>%n job with a password waits in the queue. Close and forget it?</numerusform>
            <numerusform>%n jobs with a password wait in the queue. Close and forget them?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n job(s) done</source>
        <translation>
            <numerusform>%n job done</numerusform>
            <numerusform>%n jobs done</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueueFooter</name>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QueuePage</name>
    <message numerus="yes">
        <source>%n archive(s) dropped. What should happen with them?</source>
        <translation>
            <numerusform>%n archive dropped. What should happen with it?</numerusform>
            <numerusform>%n archives dropped. What should happen with them?</numerusform>
        </translation>
    </message>
</context>
</TS>
