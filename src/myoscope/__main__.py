from myoscope.cli import main

main()
